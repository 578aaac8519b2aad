"""Contestant: OSMnx for the roads, networkx for the searches, one a source, as its examples do.

OSMnx reads XML, so the drivable ways are first written to an XML file, which is not counted. The speeds are
OSMnx's own; there are no turn costs and no turn restrictions.
"""

from __future__ import annotations

import networkx as nx
import osmium
import osmnx as ox
from common import Answer, Job, Question, Stopwatch, run

DRIVABLE = {
    *("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential"),
    *("motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link", "living_street"),
}


def write_xml(job: Job) -> str:
    path = str(job.folder / "drivable.osm")
    with osmium.BackReferenceWriter(path, ref_src=str(job.extract), overwrite=True) as writer:
        for way in osmium.FileProcessor(str(job.extract), osmium.osm.WAY):
            if way.tags.get("highway") in DRIVABLE:
                writer.add(way)
    return path


def prepare(job: Job) -> tuple[str, dict[str, float], Answer]:
    path = write_xml(job)
    watch = Stopwatch()
    graph = ox.graph_from_xml(path)
    graph = ox.add_edge_travel_times(ox.add_edge_speeds(graph))
    watch.lap("read, build")

    def answer(asked: Question) -> None:
        with asked.timed():
            near = [edge[0] for edge in ox.nearest_edges(graph, *asked.points.T)]
            for source in near:
                reached = nx.single_source_dijkstra_path_length(graph, source, weight="travel_time")
                [reached.get(target) for target in near]

    return f"OSMnx {ox.__version__} + networkx {nx.__version__}", watch.laps, answer


run(prepare)
