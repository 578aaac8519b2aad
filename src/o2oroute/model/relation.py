"""Relations: what holds between requests, whoever serves them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from o2oroute.model.part import Id, Part

__all__ = ["Relation", "RelationTask", "RouteStart"]


class RelationTask(BaseModel):
    """One stop of a shipment as a member of a relation.

    Attributes
    ----------
    order : str or int
        Id of the shipment.
    task : {"pickup", "delivery"}
        Which of its stops.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    order: Id
    task: Literal["pickup", "delivery"]


class RouteStart(BaseModel):
    """The start of a vehicle's route as a member of a relation: always there, and before all stops.

    Attributes
    ----------
    start : str or int
        Id of the vehicle.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: Id


def _kind_of_member(value: Any) -> str:
    if isinstance(value, RouteStart) or (isinstance(value, dict) and "start" in value):
        return "route"
    return "task" if isinstance(value, dict | RelationTask) else "id"


class Relation(Part):
    """What holds between requests. Those that are not served are passed over.

    Attributes
    ----------
    type : {"same_vehicle", "different_vehicles", "in_order", "in_sequence"}
        ``same_vehicle``: one vehicle serves them all. ``different_vehicles``: no vehicle serves two of them.
        ``in_order``: one vehicle serves them in this order, whatever it does in between. ``in_sequence``:
        directly one after another.
    requests : tuple of str, int, RelationTask or RouteStart
        Ids of orders and shipments, at least two. In an order or sequence a shipment stands for its pickup
        and then its delivery; ``{"order": id, "task": "pickup"}`` is one of its stops. The first one may be
        ``{"start": vehicle}``, the start of a route: with it one member is enough, and a sequence is what
        that vehicle does first.
    """

    type: Literal["same_vehicle", "different_vehicles", "in_order", "in_sequence"]
    requests: Annotated[
        tuple[
            Annotated[
                Annotated[Id, Tag("id")]
                | Annotated[RelationTask, Tag("task")]
                | Annotated[RouteStart, Tag("route")],
                Discriminator(_kind_of_member),
            ],
            ...,
        ],
        Field(min_length=2),
    ]
