"""Contestant: o2oroute, from coordinates to the finished matrix, snapping included."""

from __future__ import annotations

from importlib.metadata import version

from common import Job, Stopwatch, run

from o2oroute.road.network import RoadNetwork


def main(job: Job) -> None:
    watch = Stopwatch()
    network = RoadNetwork.from_osm(job.extract, profile="car")
    watch.lap("build network")
    network.snap(job.points[:1])
    watch.lap("build snap index")
    job.prepared(f"o2oroute {version('o2oroute')}", watch.laps)

    for task in job.tasks():
        with task.timed():
            matrix = network.matrix(task.points, distances=task.distances, threads=job.threads)
        task.done(matrix.durations, matrix.distances)


run(main)
