"""VROOM at its greatest depth, on two threads."""

from __future__ import annotations

import datetime as dt
import sys

import numpy as np
import vroom
from common import Routes, take_part

#: More than any cell of its 32-bit matrices holds is no way.
NO_WAY = 2**31 - 1


def solve(arrays: dict[str, np.ndarray], seconds: float, seed: int):
    del seed
    per_length = set(arrays["vehicle_per_length"].tolist())
    if len(per_length) > 1 or arrays["vehicle_per_tick"].any() or (arrays["order_prize"] >= 0).any():
        sys.exit("VROOM is only told of one cost per length, and of orders that must be served")
    if arrays["order_release"].any() or (arrays["vehicle_max_trips"] > 1).any():
        sys.exit("VROOM knows neither releases nor several trips")
    job = vroom.Input()
    legs = np.minimum(arrays["durations"], NO_WAY).astype(np.uint32)
    job.set_durations_matrix("car", legs)
    job.set_distances_matrix("car", np.minimum(arrays["distances"], NO_WAY).astype(np.uint32))
    job.set_costs_matrix("car", np.minimum(arrays["distances"] * per_length.pop(), NO_WAY).astype(np.uint32))
    for i in range(len(arrays["vehicle_start"])):
        job.add_vehicle(
            vroom.Vehicle(
                i,
                start=int(arrays["vehicle_start"][i]),
                end=int(arrays["vehicle_end"][i]),
                capacity=arrays["vehicle_capacity"][i].tolist(),
                skills=set(np.flatnonzero(arrays["vehicle_choice"][i]).tolist()),
                time_window=vroom.TimeWindow(int(arrays["vehicle_open"][i]), int(arrays["vehicle_close"][i])),
                costs=vroom.VehicleCosts(fixed=int(arrays["vehicle_fixed"][i])),
            )
        )
    for i, point in enumerate(arrays["order_point"].tolist()):
        window = vroom.TimeWindow(int(arrays["order_open"][i]), int(arrays["order_close"][i]))
        job.add_job(
            vroom.Job(
                i,
                location=point,
                default_service=int(arrays["order_service"][i]),
                delivery=vroom.Amount(arrays["order_load"][i].tolist()),
                skills={int(arrays["order_choice"][i])},
                time_windows=[window],
            )
        )

    def search() -> Routes:
        found = job.solve(exploration_level=5, nb_threads=2, timeout=dt.timedelta(seconds=seconds)).to_dict()
        return {
            route["vehicle"]: [step["id"] for step in route["steps"] if step["type"] == "job"]
            for route in found["routes"]
        }

    return search


if __name__ == "__main__":
    take_part(solve)
