"""Delivery routes with time windows, from an OpenStreetMap extract and a file of orders."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from o2oroute.errors import (
    EngineError,
    Finding,
    InputError,
    MissingExtraError,
    O2ORouteError,
    RoutingError,
)

if TYPE_CHECKING:
    from o2oroute.engines.engine import solve
    from o2oroute.formats.frames import plan_frames
    from o2oroute.formats.geojson import write_geojson
    from o2oroute.formats.gpx import write_gpx
    from o2oroute.formats.network_file import load_network, save_network
    from o2oroute.formats.plan_json import read_plan, write_plan
    from o2oroute.formats.reading import read_problem
    from o2oroute.formats.run_sheets import write_run_sheets
    from o2oroute.formats.table import read_orders
    from o2oroute.matrix.growing import GrowingMatrix
    from o2oroute.matrix.travel_matrix import TravelMatrix
    from o2oroute.model.duty import Break, DrivingBreak
    from o2oroute.model.order import Order
    from o2oroute.model.problem import Problem
    from o2oroute.model.relation import Relation
    from o2oroute.model.shipment import Shipment
    from o2oroute.model.solution import BreakVisit, ReloadVisit, Solution, Visit
    from o2oroute.model.vehicle import Costs, Depot, Vehicle
    from o2oroute.plan.check import check
    from o2oroute.plan.plan import Plan
    from o2oroute.plan.timed_route import Violation
    from o2oroute.plan.warm_start import WarmStart
    from o2oroute.road.network import RoadNetwork
    from o2oroute.road.profile import Profile
    from o2oroute.viz.route_map import draw_map

    __version__: str

__all__ = [
    "Break",
    "BreakVisit",
    "Costs",
    "Depot",
    "DrivingBreak",
    "EngineError",
    "Finding",
    "GrowingMatrix",
    "InputError",
    "MissingExtraError",
    "O2ORouteError",
    "Order",
    "Plan",
    "Problem",
    "Profile",
    "Relation",
    "ReloadVisit",
    "RoadNetwork",
    "RoutingError",
    "Shipment",
    "Solution",
    "TravelMatrix",
    "Vehicle",
    "Violation",
    "Visit",
    "WarmStart",
    "__version__",
    "check",
    "draw_map",
    "load_network",
    "plan_frames",
    "read_orders",
    "read_plan",
    "read_problem",
    "save_network",
    "solve",
    "write_geojson",
    "write_gpx",
    "write_plan",
    "write_run_sheets",
]

#: Where each name that loads at first use lives; a test holds it to the imports above.
_HOME = {
    "Break": "model.duty",
    "BreakVisit": "model.solution",
    "Costs": "model.vehicle",
    "Depot": "model.vehicle",
    "DrivingBreak": "model.duty",
    "GrowingMatrix": "matrix.growing",
    "Order": "model.order",
    "Plan": "plan.plan",
    "Problem": "model.problem",
    "Profile": "road.profile",
    "Relation": "model.relation",
    "ReloadVisit": "model.solution",
    "RoadNetwork": "road.network",
    "Shipment": "model.shipment",
    "Solution": "model.solution",
    "TravelMatrix": "matrix.travel_matrix",
    "Vehicle": "model.vehicle",
    "Violation": "plan.timed_route",
    "Visit": "model.solution",
    "WarmStart": "plan.warm_start",
    "check": "plan.check",
    "draw_map": "viz.route_map",
    "load_network": "formats.network_file",
    "plan_frames": "formats.frames",
    "read_orders": "formats.table",
    "read_plan": "formats.plan_json",
    "read_problem": "formats.reading",
    "save_network": "formats.network_file",
    "solve": "engines.engine",
    "write_geojson": "formats.geojson",
    "write_gpx": "formats.gpx",
    "write_plan": "formats.plan_json",
    "write_run_sheets": "formats.run_sheets",
}


def __getattr__(name: str) -> Any:
    """Load a public name at first use, so that ``import o2oroute`` stays light."""
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("o2oroute")
    elif name in _HOME:
        value = getattr(import_module(f"o2oroute.{_HOME[name]}"), name)
    else:
        raise AttributeError(f"module 'o2oroute' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
