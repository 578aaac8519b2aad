"""Networks from OSMnx graphs."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from shapely import LineString

from o2oroute.errors import InputError
from o2oroute.road.check import check_network
from o2oroute.road.layout import LAYOUT
from o2oroute.road.network import RoadNetwork


def graph(*edges: tuple, crs: object = "epsg:4326") -> nx.MultiDiGraph:
    """Return a graph of nodes 97 (a), 98... a unit apart, with edges (from, to, attributes)."""
    made = nx.MultiDiGraph(crs=crs)
    for place, node in enumerate(range(97, 103)):
        made.add_node(node, x=10 + place / 1000, y=45 + (place % 2) / 1000)
    for start, end, attributes in edges:
        made.add_edge(ord(start), ord(end), **{"osmid": 7, "highway": "residential", **attributes})
    return made


def both(start: str, end: str, **attributes: object) -> list[tuple]:
    return [
        (start, end, {"oneway": False, "reversed": False, **attributes}),
        (end, start, {"oneway": False, "reversed": True, **attributes}),
    ]


def test_edges_in_both_directions_are_one_street(segments, turns):
    network = RoadNetwork.from_osmnx(graph(*both("a", "b"), *both("b", "c")))
    check_network(network, source="graph")
    assert segments(network) == ["ab", "ba", "bc", "cb"]
    assert (network.segment_twin >= 0).all()
    assert turns(network) == {"abc", "bcb", "cba", "bab"}
    assert network.shape_first.size - 1 == 2


def test_edges_say_which_directions_are_open(segments):
    ring = [("a", "b", {"oneway": True}), ("b", "c", {"oneway": "True"}), ("c", "a", {"oneway": "no"})]
    network = RoadNetwork.from_osmnx(graph(*ring))
    assert segments(network) == ["ab", "bc", "ca"]
    assert (network.segment_twin == -1).all()


def test_a_roundabout_with_both_directions_in_the_graph_has_both(segments):
    assert segments(RoadNetwork.from_osmnx(graph(*both("a", "b", junction="roundabout")))) == ["ab", "ba"]


def test_geometry_is_kept_and_measured():
    line = LineString([(10, 45), (10.0005, 45.0007), (10.001, 45.001)])
    there, back = both("a", "b")
    there[2]["geometry"] = line
    back[2]["geometry"] = line.reverse()
    network = RoadNetwork.from_osmnx(graph(there, back))
    assert network.segments == 2
    assert network.shape_lon.tolist() == [100000000, 100005000, 100010000]
    assert network.shape_lat.tolist() == [450000000, 450007000, 450010000]
    straight = RoadNetwork.from_osmnx(graph(*both("a", "b")))
    assert network.segment_dm[0] > straight.segment_dm[0]


def test_parallel_edges_stay_apart():
    bend = LineString([(10, 45), (10.0005, 45.002), (10.001, 45.001)])
    there, back = both("a", "b")
    there[2]["geometry"], back[2]["geometry"] = bend, bend.reverse()
    network = RoadNetwork.from_osmnx(graph(*both("a", "b"), there, back))
    assert network.segments == 4
    assert network.shape_first.size - 1 == 2


def test_lists_of_merged_edges_are_read(segments):
    street = both(
        "a",
        "b",
        osmid=[11, 12],
        highway=["tertiary", "residential"],
        name=["Erste", "Zweite"],
        maxspeed=["50", "30"],
    )
    network = RoadNetwork.from_osmnx(graph(*street))
    assert network.segment_way.tolist() == [11, 11]
    assert network.class_names[network.segment_class[0]] == "tertiary"
    assert network.names == ("", "Erste")
    assert network.segment_ms == pytest.approx(network.segment_dm * 360 / (30 * 0.8), rel=1e-3)


def test_attributes_as_graphml_texts_are_read(tmp_path):
    line = LineString([(10, 45), (10.0005, 45.0007), (10.001, 45.001)])
    there, back = both("a", "b", osmid=[11, 12], maxspeed=["50", "30"], name="O'Connell [St]")
    there[2]["geometry"], back[2]["geometry"] = line, line.reverse()
    made = graph(there, back)
    network = RoadNetwork.from_osmnx(made)
    for *_, attributes in made.edges(data=True):
        attributes.update({key: str(value) for key, value in attributes.items()})
    path = tmp_path / "graph.graphml"
    nx.write_graphml(made, path)
    loaded = RoadNetwork.from_osmnx(nx.read_graphml(path))
    for name in LAYOUT:
        np.testing.assert_array_equal(getattr(loaded, name), getattr(network, name), err_msg=name)
    assert loaded.names == network.names == ("", "O'Connell [St]")


def test_tags_of_a_way_drawn_against_the_edge_keep_their_direction():
    reversed_first = both("a", "b", **{"maxspeed": "50", "maxspeed:forward": "20"})[::-1]
    network = RoadNetwork.from_osmnx(graph(*reversed_first))
    forward = np.flatnonzero(network.junction_osm_id[network.segment_tail] == ord("a"))[0]
    backward = network.segment_twin[forward]
    assert network.segment_ms[forward] * 20 == pytest.approx(network.segment_ms[backward] * 50, rel=1e-3)


def test_roads_closed_to_the_profile_are_left_out():
    network = RoadNetwork.from_osmnx(graph(*both("a", "b"), *both("b", "c", access="no", osmid=8)))
    assert network.segments == 2
    assert network.meta["counts"]["ways_closed"] == {"access": 1}


@pytest.mark.parametrize("crs", ["epsg:4326", "EPSG:4326", "OGC:CRS84", "pyproj"])
def test_unprojected_graphs_are_accepted(crs):
    if crs == "pyproj":
        crs = pytest.importorskip("pyproj").CRS("epsg:4326")
    assert RoadNetwork.from_osmnx(graph(*both("a", "b"), crs=crs)).segments == 2


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (nx.MultiGraph(), "directed graph"),
        ([], "is of type list"),
        (graph(), "has no edges"),
        (graph(*both("a", "b"), crs="epsg:32632"), "unprojected"),
        (graph(*both("a", "b", geometry="LINESTRING (")), "must be a LineString"),
        (graph(*both("a", "b", geometry=7)), "must be a LineString"),
        (graph(*both("a", "b", osmid="seven")), "'seven' is no OpenStreetMap id"),
        (graph(*both("a", "b", osmid=2**70)), "is no OpenStreetMap id"),
    ],
    ids=["undirected", "list", "empty", "projected", "wkt", "number", "id", "large id"],
)
def test_graphs_of_another_kind_are_refused(made, message):
    with pytest.raises(InputError, match=message):
        RoadNetwork.from_osmnx(made)


@pytest.mark.parametrize(
    "position", [{}, {"x": "far", "y": 45}, {"x": 500_000.0, "y": 45}, {"x": float("nan"), "y": 45}]
)
def test_a_node_without_a_position_is_refused_by_name(position):
    made = graph(*both("a", "b"))
    made.nodes[98].clear()
    made.nodes[98].update(position)
    with pytest.raises(InputError, match="node 98 has x = "):
        RoadNetwork.from_osmnx(made)


def test_names_of_nodes_must_be_ids():
    made = nx.relabel_nodes(graph(*both("a", "b")), {97: "start"})
    with pytest.raises(InputError, match="'start' is no OpenStreetMap id"):
        RoadNetwork.from_osmnx(made)


@pytest.fixture(scope="module")
def seoul(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("seoul") / "central.graphml"
    with (
        gzip.open(shared / "osm" / "seoul" / "central_osmnx_drive_2023-12.graphml.gz") as packed,
        path.open("wb") as plain,
    ):
        shutil.copyfileobj(packed, plain)
    return path


def test_central_seoul(seoul):
    import osmnx

    made = osmnx.load_graphml(seoul)
    network = RoadNetwork.from_osmnx(made)
    check_network(network, source="Seoul")
    assert network.segments >= 0.98 * made.number_of_edges()
    kept = {
        (int(tail), int(head))
        for tail, head in zip(
            network.junction_osm_id[network.segment_tail],
            network.junction_osm_id[network.segment_head],
            strict=True,
        )
    }
    assert kept <= set(made.edges())
    # every edge that runs both ways found its twin
    two_way = sum(not attributes["oneway"] for *_, attributes in made.edges(data=True))
    assert (network.segment_twin >= 0).sum() >= 0.98 * two_way
    length = sum(attributes["length"] for *_, attributes in made.edges(data=True))
    assert network.segment_dm.sum() / 10 == pytest.approx(length, rel=0.03)


def test_central_seoul_as_texts(seoul):
    import osmnx

    network = RoadNetwork.from_osmnx(osmnx.load_graphml(seoul))
    texts = RoadNetwork.from_osmnx(nx.read_graphml(seoul))
    for name in LAYOUT:
        np.testing.assert_array_equal(getattr(texts, name), getattr(network, name), err_msg=name)
