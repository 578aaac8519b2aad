"""Rules about orders and shipments that no vehicle can serve: they are set aside, and the rest is planned."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from o2oroute.errors import Finding
from o2oroute.model.depot_times import leaving
from o2oroute.model.draft import Draft
from o2oroute.model.order import Order
from o2oroute.model.part import Id, Loads, Window
from o2oroute.model.request import Call, Request
from o2oroute.model.shipment import Shipment
from o2oroute.model.structure import did_you_mean, json_pointer, show
from o2oroute.model.times import TimeReader
from o2oroute.model.vehicle import Depot, Vehicle
from o2oroute.units import thousandths

__all__ = [
    "deliveries_before_pickups",
    "loads_too_large",
    "nobody_allowed",
    "releases_too_late",
    "time_text",
    "unknown_units",
    "unknown_vehicles",
    "windows_outside_shifts",
]

FOREVER: Final = (-(2**30), 2**30)


def unknown_units(draft: Draft) -> Iterator[Finding]:
    """UNKNOWN_UNIT: an order is measured in a unit that no vehicle names, though vehicles are limited."""
    units = sorted({unit for _, vehicle in draft.vehicles for unit in vehicle.capacity})
    if not units or not draft.is_whole("vehicles"):
        return
    for path, load, request in _loads(draft):
        for unit, amount in load.items():
            if amount and unit not in units:
                message = f"No vehicle names the unit {show(unit)}; known are {', '.join(map(show, units))}."
                action = did_you_mean(unit, units) or "Add it to the capacity of the vehicles that take it."
                pointer = json_pointer(*path, unit)
                yield Finding("UNKNOWN_UNIT", pointer, message, action, amount, "order", request.id)


def loads_too_large(draft: Draft) -> Iterator[Finding]:
    """LOAD_TOO_LARGE: no vehicle takes the whole order."""
    if not draft.vehicles or not draft.is_whole("vehicles"):
        return
    distinct = {tuple(sorted(vehicle.capacity.items())): vehicle for _, vehicle in draft.vehicles}
    vehicles = list(distinct.values())
    for path, load, request in _loads(draft):
        if any(_carries(vehicle, load) for vehicle in vehicles):
            continue
        pointer = json_pointer(*path)
        message = f"No single vehicle takes {_amounts(load)} together."
        value: object = load
        for unit, amount in load.items():
            largest = max(vehicles, key=lambda vehicle: vehicle.capacity.get(unit, math.inf))
            if not _carries(largest, {unit: amount}):
                pointer = json_pointer(*path, unit)
                most = _amounts({unit: largest.capacity[unit]})
                message = f"The load is {_amounts({unit: amount})}; the most that a vehicle takes is {most}."
                value = amount
                break
        action = "Split the order, or add a vehicle that takes it."
        yield Finding("LOAD_TOO_LARGE", pointer, message, action, value, "order", request.id)


def windows_outside_shifts(draft: Draft) -> Iterator[Finding]:
    """WINDOW_OUTSIDE_SHIFTS: no vehicle is on duty in any window of the order for as long as its service."""
    if not draft.vehicles or not (draft.is_whole("vehicles") and draft.is_whole("depots")):
        return
    depots = {depot.id: depot for _, depot in draft.depots}
    duties = sorted({_on_duty(vehicle, depots) for _, vehicle in draft.vehicles})
    for path, call, request in draft.calls():
        service = _least_service(call)
        if any(
            max(first, start) + service <= end and start <= last
            for start, end in duties
            for first, last in call.windows or [FOREVER]
        ):
            continue
        on_duty = ", ".join(_span(draft.reader, duty) for duty in duties[:3]) + (
            ", ..." if duties[3:] else ""
        )
        windows = _spans(draft.reader, call.windows)
        message = (
            f"Service of {service / draft.reader.ticks_per_second:g} s may start {windows}; "
            f"vehicles are on duty {on_duty}."
        )
        pointer = json_pointer(*path, "windows" if call.windows else "service")
        value = call.windows or call.service
        action = "Change the windows, or add a vehicle with another shift."
        yield Finding("WINDOW_OUTSIDE_SHIFTS", pointer, message, action, value, "order", request.id)


def releases_too_late(draft: Draft) -> Iterator[Finding]:
    """RELEASE_TOO_LATE: the order is ready at the depot only after its last window, or all shifts."""
    if not draft.vehicles or not (draft.is_whole("vehicles") and draft.is_whole("depots")):
        return
    depots = {depot.id: depot for _, depot in draft.depots}
    latest = max(_on_duty(vehicle, depots)[1] for _, vehicle in draft.vehicles)
    for i, order in draft.orders:
        last = min(latest, max((last for _, last in order.windows), default=latest))
        if order.release is not None and order.release > last:
            message = (
                f"The order is ready at the depot at {time_text(draft.reader, order.release)}; "
                f"it would have to be served by {time_text(draft.reader, last)}."
            )
            action = "Correct the release or the windows."
            pointer = json_pointer("orders", i, "release")
            yield Finding("RELEASE_TOO_LATE", pointer, message, action, order.release, "order", order.id)


def deliveries_before_pickups(draft: Draft) -> Iterator[Finding]:
    """DELIVERY_BEFORE_PICKUP: the last window of a delivery closes before its pickup can be done."""
    for i, shipment in draft.shipments:
        if not (shipment.pickup.windows and shipment.delivery.windows):
            continue
        ready = min(first for first, _ in shipment.pickup.windows) + _least_service(shipment.pickup)
        last = max(last for _, last in shipment.delivery.windows)
        if ready > last:
            message = (
                f"The pickup is done at {time_text(draft.reader, ready)} at the earliest; "
                f"the delivery may start until {time_text(draft.reader, last)}."
            )
            action = "Correct the windows of the pickup or those of the delivery."
            pointer, value = json_pointer("shipments", i, "delivery", "windows"), shipment.delivery.windows
            yield Finding("DELIVERY_BEFORE_PICKUP", pointer, message, action, value, "order", shipment.id)


def unknown_vehicles(draft: Draft) -> Iterator[Finding]:
    """UNKNOWN_VEHICLE: an order allows, forbids or prefers a vehicle that is not there."""
    known = {id_ for _, id_ in draft.ids("vehicles")}
    for path, request in draft.requests():
        for field in ("allowed", "forbidden", "preferred"):
            for k, vehicle in enumerate(getattr(request.vehicles, field) or ()):
                if vehicle not in known:
                    message = f"{field} names {show(vehicle)}; no vehicle has this id."
                    action = did_you_mean(vehicle, known) or "Take it out, or add the vehicle."
                    pointer = json_pointer(*path, "vehicles", field, k)
                    yield Finding("UNKNOWN_VEHICLE", pointer, message, action, vehicle, "order", request.id)


def nobody_allowed(draft: Draft) -> Iterator[Finding]:
    """NO_VEHICLE_ALLOWED: no vehicle has the skills of the order and is allowed to serve it."""
    if not draft.vehicles or not draft.is_whole("vehicles"):
        return
    able: dict[tuple[str, ...], list[Id]] = {}
    for path, request in draft.requests():
        choice = request.vehicles
        if not (request.skills or choice.allowed is not None or choice.forbidden):
            continue
        if request.skills not in able:
            needed = set(request.skills)
            able[request.skills] = [v.id for _, v in draft.vehicles if needed <= set(v.skills)]
        if not able[request.skills]:
            missing = sorted(set(request.skills) - {s for _, v in draft.vehicles for s in v.skills})
            found = f"no vehicle has {show(missing[0])}" if missing else "no vehicle has them all"
            message = f"The order needs {', '.join(map(show, request.skills))}; {found}."
            pointer, value = json_pointer(*path, "skills"), list(request.skills)
            action = "Give a vehicle these skills, or take them out of the order."
        elif not _allowed(able[request.skills], request):
            message = "Of the vehicles with the skills of the order none is allowed to serve it."
            pointer, value = json_pointer(*path, "vehicles"), []
            action = "Allow one of them, or forbid fewer."
        else:
            continue
        yield Finding("NO_VEHICLE_ALLOWED", pointer, message, action, value, "order", request.id)


def time_text(reader: TimeReader, time: int) -> str:
    """Return a time as a file may write it."""
    return reader.clock(time) or str(time)


def _allowed(vehicles: Sequence[Id], request: Request) -> bool:
    allowed, forbidden = request.vehicles.allowed, request.vehicles.forbidden
    return any((allowed is None or v in allowed) and v not in forbidden for v in vehicles)


def _loads(draft: Draft) -> Iterator[tuple[tuple[str | int, ...], Loads, Request]]:
    """Yield what each request has on board at once, with its path."""
    for path, request in draft.requests():
        if isinstance(request, Order):
            yield (*path, "delivery"), request.delivery, request
            if request.pickup:
                yield (*path, "pickup"), request.pickup, request
        elif isinstance(request, Shipment):
            yield (*path, "load"), request.load, request


def _least_service(call: Call) -> int:
    return min(call.service, *call.service_by_type.values()) if call.service_by_type else call.service


def _carries(vehicle: Vehicle, load: Loads) -> bool:
    capacity = vehicle.capacity
    return all(
        unit not in capacity or thousandths(amount) <= thousandths(capacity[unit])
        for unit, amount in load.items()
    )


def _on_duty(vehicle: Vehicle, depots: Mapping[Id, Depot]) -> Window:
    """Return the earliest start and the latest end of a vehicle, by its shift and its depots."""
    start, end = vehicle.shift or FOREVER
    if isinstance(vehicle.start, str | int) and vehicle.start in depots:
        start = max(start, min((first for first, _ in leaving(depots[vehicle.start])), default=start))
    if isinstance(vehicle.end, str | int) and vehicle.end in depots:
        end = min([end, max(last for _, last in depots[vehicle.end].windows or [FOREVER])])
    return start, end


def _amounts(load: Loads) -> str:
    return " and ".join(f"{amount:g} {unit}" for unit, amount in load.items())


def _spans(reader: TimeReader, windows: Sequence[Window]) -> str:
    return " or ".join(_span(reader, window) for window in windows[:3]) or "any time"


def _span(reader: TimeReader, window: Window) -> str:
    return " to ".join("any time" if abs(time) == FOREVER[1] else time_text(reader, time) for time in window)
