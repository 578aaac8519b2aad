"""Tasks: the single stops that orders and shipments ask for, numbered as all arrays number them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pydantic import JsonValue

from o2oroute.model.order import Order
from o2oroute.model.part import Id
from o2oroute.model.shipment import Shipment, ShipmentStop

__all__ = ["Task", "TaskKind", "request_tasks"]

TaskKind: TypeAlias = Literal["delivery", "pickup", "service"]


@dataclass(frozen=True, slots=True)
class Task:
    """One stop of an order or shipment.

    Attributes
    ----------
    id : str or int
        Of the order or shipment.
    kind : {"delivery", "pickup", "service"}
        What is done there.
    request : int
        Position of the order or shipment in ``problem.requests``.
    stop : Order or ShipmentStop
        Place, times and windows.
    pointer : str
        JSON Pointer into the order file.
    properties : dict
        Those of the order; or those of the shipment, and before them those of its stop.
    """

    id: Id
    kind: TaskKind
    request: int
    stop: Order | ShipmentStop
    pointer: str
    properties: Mapping[str, JsonValue]


def request_tasks(orders: Sequence[Order], shipments: Sequence[Shipment]) -> Iterator[Task]:
    """Yield the tasks of orders, one each, then those of shipments, two each: pickup and delivery."""
    for i, order in enumerate(orders):
        yield Task(order.id, order.task, i, order, f"/orders/{i}", order.properties)
    for i, shipment in enumerate(shipments):
        stops: tuple[tuple[TaskKind, ShipmentStop], ...]
        stops = (("pickup", shipment.pickup), ("delivery", shipment.delivery))
        for kind, stop in stops:
            properties = {**shipment.properties, **stop.properties}
            yield Task(shipment.id, kind, len(orders) + i, stop, f"/shipments/{i}/{kind}", properties)
