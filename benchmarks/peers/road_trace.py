"""Why two engines differ on a pair: each one's way followed on the other's roads.

OSRM's way is known by its OpenStreetMap nodes, ours by its segments; a step between two nodes belongs to a
way of the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import osmium

from o2oroute.matrix.paths import Path as Way
from o2oroute.road.geometry import E7, step_metres
from o2oroute.road.kerb import RoadFlag, road_flags
from o2oroute.road.network import RoadNetwork
from o2oroute.road.profile import load_profile
from o2oroute.road.snap import Snap

#: Metres between two snapped positions that still count as one.
SAME_PLACE = 5.0
#: Seconds, and part of the duration, that still count as equal.
SAME_TIME = 3.0
#: Metres around a position on our way within which OSRM must find the same road, and degrees of its bearing.
NARROW = 2.0
SHARP = 10

#: Keys of the tags that decide about roads, up to the first colon; "name" is there to find one's way.
_TOLD = (
    "highway access vehicle motor_vehicle motorcar oneway junction service maxspeed lanes width surface "
    "smoothness tracktype route duration construction toll hov area name source bicycle narrow impassable "
    "motorroad maxheight maxweight maxwidth side_road priority lane_markings psv bus"
)
TOLD = frozenset(_TOLD.split())
#: Keys of the tags that are told where a cause is named in a line.
BRIEF = frozenset(
    [
        "highway",
        "route",
        "service",
        "access",
        "vehicle",
        "motor_vehicle",
        "motorcar",
        "oneway",
        "junction",
        "name",
    ]
)
CAR = load_profile("car")


@dataclass(frozen=True)
class RoadsOfFile:
    """All ways of a file with a highway or route tag, whatever a profile says of them."""

    tags: dict[int, dict[str, str]]
    #: Ways that have a step from one node to another, in either direction.
    ways_of_step: dict[tuple[int, int], list[int]]

    @classmethod
    def read(cls, path: Path) -> RoadsOfFile:
        tags: dict[int, dict[str, str]] = {}
        steps: dict[tuple[int, int], list[int]] = {}
        for way in osmium.FileProcessor(str(path), osmium.osm.WAY):
            if "highway" not in way.tags and way.tags.get("route") != "ferry":
                continue
            tags[way.id] = {tag.k: tag.v for tag in way.tags}
            for one, two in pairwise([node.ref for node in way.nodes]):
                steps.setdefault((min(one, two), max(one, two)), []).append(way.id)
        return cls(tags, steps)

    def along(self, nodes: list[int]) -> list[int]:
        """Return the ways along some nodes, each once for each stretch on it."""
        found: list[int] = []
        for one, two in pairwise(nodes):
            ways = self.ways_of_step.get((min(one, two), max(one, two)), [0])
            if not found or found[-1] not in ways:
                found.append(ways[0])
        return found

    def told(self, way: int, keys: frozenset[str] = TOLD) -> str:
        """Return a way with the tags that decide about routing."""
        tags = self.tags.get(way, {})
        kept = [
            f"{key}={value}"
            for key, value in sorted(tags.items())
            if key.split(":")[0] in keys and not key.startswith(("name:", "surface:"))
        ]
        return f"way {way} ({', '.join(kept)})"

    def why_not_ours(self, way: int) -> str:
        """Return why a way is not in our network."""
        reason = CAR.judge(self.tags.get(way, {})).closed_by
        return f"closed to us ({reason})" if reason else "one from where or to where we know no way"


#: Bends of the network that are told for a pair, those first where the clocks differ most.
BENDS = 5


class _Stand(NamedTuple):
    """A position on our way at which OSRM has to pass."""

    position: list[float]
    #: Degrees from north and how far off they may be.
    bearing: list[int] | None
    #: Where it is on its segment, 0 to 1.
    fraction: float


class Tracer:
    """Follows ways of both sides."""

    def __init__(
        self, network: RoadNetwork, snap: Snap, roads: RoadsOfFile, points: npt.NDArray[np.float64]
    ) -> None:
        self.network, self.snap, self.roads, self.points = network, snap, roads, points
        self.junction = {osm_id: i for i, osm_id in enumerate(network.junction_osm_id.tolist())}
        self.ways = set(network.segment_way.tolist())
        self.segments: dict[tuple[int, int], list[int]] = {}
        ends = zip(network.segment_tail.tolist(), network.segment_head.tolist(), strict=True)
        for segment, pair in enumerate(ends):
            self.segments.setdefault(pair, []).append(segment)
        self.across_to_up = np.cos(np.radians(network.junction_lat.mean() / E7))

    def snapped(self, source: int) -> list[dict[str, Any]]:
        """Return where a pair is snapped."""
        return [
            {
                "way": self.roads.told(int(self.network.segment_way[self.snap.segment[point]]))
                if self.snap.segment[point] >= 0
                else "none",
                "distance": round(float(self.snap.distance[point]), 1),
                "at": [round(float(self.snap.lon[point]), 6), round(float(self.snap.lat[point]), 6)],
                "point": self.points[point].tolist(),
            }
            for point in (source, source + 1)
        ]

    def apart(self, source: int, theirs: dict[str, Any]) -> list[float]:
        """Return the metres between our and OSRM's positions of a pair."""
        return [
            round(self._metres(theirs["snapped"][end], (float(self.snap.lon[i]), float(self.snap.lat[i]))), 1)
            for end, i in enumerate((source, source + 1))
        ]

    def along(self, way: Way) -> list[dict[str, Any]]:
        """Return the questions that lead OSRM along our way, from the middle of each segment to the next."""
        stands = self._stands(way)
        return [
            {
                "coordinates": [one.position, two.position],
                "bearings": [one.bearing, two.bearing],
                "radiuses": [NARROW, NARROW],
            }
            for one, two in pairwise(stands)
        ]

    def _stands(self, way: Way) -> list[_Stand]:
        """Return start and end, and between them a position on each segment."""
        net = self.network
        stands = [_Stand(way.geometry[0].tolist(), None, way.start)]
        for segment in way.segments[1:-1]:
            shape = net.segment_shape[segment]
            part = slice(net.shape_first[shape], net.shape_first[shape + 1])
            lon, lat = net.shape_lon[part], net.shape_lat[part]
            if net.segment_reversed[segment]:
                lon, lat = lon[::-1], lat[::-1]
            metres = step_metres(lon, lat)
            longest = int(np.argmax(metres))
            line = np.stack((lon, lat), axis=1)[longest : longest + 2] / E7
            across, up = (line[1] - line[0]) * (self.across_to_up, 1.0)
            bearing = [round(np.degrees(np.arctan2(across, up))) % 360, SHARP]
            before = metres[:longest].sum() + metres[longest] / 2
            stands.append(_Stand(line.mean(axis=0).tolist(), bearing, before / max(metres.sum(), 1e-9)))
        stands.append(_Stand(way.geometry[-1].tolist(), None, way.end))
        return stands

    def explained(
        self, source: int, way: Way, theirs: dict[str, Any], along: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """Say how two ways of a pair differ, and why as far as can be told."""
        net = self.network
        leg = theirs["legs"][0]
        nodes = [int(node) for node in leg["nodes"]]
        our_nodes = net.junction_osm_id[net.segment_head[way.segments[:-1]]].tolist()
        their_junctions = [node for node in nodes if node in self.junction]
        apart = self.apart(source, theirs)
        our_time, obstacles = self._driven(nodes)
        their_time, their_obstacles, bends = self._driven_by_osrm(way, along)
        their_ways = self.roads.along(nodes)
        snapped = self.snapped(source)
        for end, osm in zip(snapped, (their_ways[0], their_ways[-1]), strict=True):
            end["OSRM's way"] = self.roads.told(osm)
        found: dict[str, Any] = {
            "duration": [round(way.duration, 1), leg["duration"]],
            "distance": [round(way.distance, 1), leg["distance"]],
            "snapped": snapped,
            "snapped apart": apart,
            "parts after node": _parting(our_nodes, their_junctions),
            "OSRM's way by our clock": our_time,
            "OSRM's way, closed with us": obstacles,
            "our way by OSRM's clock": their_time,
            "our way, closed with OSRM": their_obstacles,
            "where the clocks differ on our way": bends,
            "our ways": [self.roads.told(osm) for osm in _runs(net.segment_way[way.segments].tolist())],
            "OSRM's ways": [self.roads.told(osm) for osm in their_ways],
        }
        for end, osm in zip(snapped, theirs["snapped"], strict=True):
            end["OSRM's distance"] = round(self._metres(osm, tuple(end["point"])), 1)
        if max(apart) > SAME_PLACE:
            end = int(np.argmax(apart))
            ours = int(net.segment_way[self.snap.segment[source + end]])
            return {"cause": self._why_elsewhere(ours, their_ways[-end], snapped[end], apart[end]), **found}
        return {"cause": self._cause(found), **found}

    def _why_elsewhere(self, ours: int, theirs: int, snapped: dict[str, Any], apart: float) -> str:
        """Say why a point belongs to one road here and to another with OSRM."""
        our_tags, their_tags = (self.roads.tags.get(way, {}) for way in (ours, theirs))
        near, far = snapped["distance"], snapped["OSRM's distance"]
        no_stop = RoadFlag.NO_STOP in road_flags(
            their_tags.get("highway", their_tags.get("route", "")), their_tags
        )
        private = max(CAR.judge(our_tags)[4:6]) and our_tags.get("highway") in {"track", "service"}
        if near > far and no_stop:
            why = "OSRM takes a road where nobody stops, we the nearest other one"
        elif near > far and theirs not in self.ways:
            why = f"OSRM's road is {self.roads.why_not_ours(theirs)}"
        elif near > far:
            why = "the stretch that OSRM takes is not ours: from there or to there we know no way"
        elif private:
            why = "we start on a private track or service road, where OSRM starts no route"
        elif ours == theirs:
            why = "OSRM takes a farther stretch of the same road"
        else:
            why = "OSRM does not start on the nearest road, an island or a closed one to it"
        told = (
            f"we {self.roads.told(ours, BRIEF)} {near:.0f} m away, "
            f"OSRM {self.roads.told(theirs, BRIEF)} {far:.0f} m away, {apart:.0f} m apart"
        )
        return f"snapped: {why}: {told}"

    def _cause(self, found: dict[str, Any]) -> str:
        """Name the kind of cause; the facts below it tell the rest."""
        for who, obstacles in (
            ("us", found["OSRM's way, closed with us"]),
            ("OSRM", found["our way, closed with OSRM"]),
        ):
            if obstacles:
                return f"closed with {who}: {obstacles[0]}"
        ours, theirs = found["duration"]
        other = found["our way by OSRM's clock"]
        if other is not None and abs(other - theirs) > SAME_TIME:
            if other < theirs:
                return f"OSRM weighs our way against its own clock, by which it is faster: {other:.0f} s"
            return (
                f"another clock, so another way: OSRM takes {other:.0f} s on our way, "
                f"we {ours:.0f} s; most at {found['where the clocks differ on our way'][0]}"
            )
        bend = found["where the clocks differ on our way"][0]
        return f"the same way by another clock, most at {bend}"

    def _driven(self, nodes: list[int]) -> tuple[float | None, list[str]]:
        """Return what the whole segments of OSRM's way take on our roads, and what is closed there."""
        net = self.network
        at = [i for i, node in enumerate(nodes) if node in self.junction]
        obstacles: list[str] = []
        #: Milliseconds at the start of each graph node that the way may have come to.
        reached: dict[int, int] = {}
        for one, two in pairwise(at):
            pair = (self.junction[nodes[one]], self.junction[nodes[two]])
            ways = set(self.roads.along(nodes[one : two + 1]))
            onto = [
                node
                for segment in self.segments.get(pair, ())
                if int(net.segment_way[segment]) in ways
                for node in net.segment_nodes[slice(*net.segment_nodes_first[segment : segment + 2])].tolist()
            ]
            told = ", ".join(self.roads.told(way) for way in sorted(ways))
            if not onto:
                why = ", ".join(sorted({self.roads.why_not_ours(way) for way in ways}))
                obstacles.append(f"{why}: no segment from node {nodes[one]} to {nodes[two]}: {told}")
                reached = {}
                continue
            before, reached = reached, self._turned(reached, onto)
            if not reached:
                if before:
                    segments = {int(net.segment_of_node[node]) for node in before}
                    every = {
                        node: 0
                        for segment in segments
                        for node in net.segment_nodes[
                            slice(*net.segment_nodes_first[segment : segment + 2])
                        ].tolist()
                    }
                    why = (
                        "a road or gate for the first and the last leg only"
                        if self._turned(every, onto)
                        else "a turn restriction, a barrier, or turning round"
                    )
                    obstacles.append(f"{why}: no turn at node {nodes[one]} onto {told}")
                reached = dict.fromkeys(onto, min(before.values(), default=0))
        return (None if obstacles else round(min(reached.values(), default=0) / 1000, 1)), obstacles

    def _turned(self, reached: dict[int, int], onto: list[int]) -> dict[int, int]:
        net = self.network
        times: dict[int, int] = {}
        for tail, time in reached.items():
            begin, end = net.first_out[tail : tail + 2]
            for arc in range(begin, end):
                head = int(net.head[arc])
                if head in onto:
                    times[head] = min(times.get(head, 2**31), time + int(net.weight_ms[arc]))
        return times

    def _driven_by_osrm(
        self, way: Way, along: list[dict[str, Any]]
    ) -> tuple[float | None, list[str], list[str]]:
        """Return what our way takes on OSRM's roads, where it is closed there, and where clocks differ."""
        net = self.network
        fractions = [stand.fraction for stand in self._stands(way)]
        obstacles: list[str] = []
        bends: list[tuple[float, str]] = []
        total = 0.0
        for i, answer in enumerate(along):
            if way.segments.size == 1:
                one = two = int(way.segments[0])
                part, turn = np.array([fractions[1] - fractions[0], 0.0]), 0
            else:
                one, two = way.segments[i : i + 2].tolist()
                part = np.array([1 - fractions[i], fractions[i + 1]])
                turn = int(net.weight_ms[way.arcs[i]] - net.segment_ms[one])
            place = (
                f"{self.roads.told(int(net.segment_way[one]))} over node "
                f"{int(net.junction_osm_id[net.segment_head[one]])} onto "
                f"{self.roads.told(int(net.segment_way[two]))}"
            )
            if not answer:
                obstacles.append(f"{place}: one of them is no road for OSRM")
                continue
            leg = answer["legs"][0]
            metres = part @ net.segment_dm[[one, two]] / 10
            if leg["distance"] > metres + SAME_PLACE:
                obstacles.append(f"{place}: OSRM drives {leg['distance']:.0f} m, not {metres:.0f} m")
            seconds = (part @ net.segment_ms[[one, two]] + turn) / 1000
            total += leg["duration"]
            told = (
                f"{place}: OSRM {leg['duration']:.1f} s, we {seconds:.1f} s, of it turn {turn / 1000:.1f} s"
            )
            bends.append((leg["duration"] - seconds, told))
        bends.sort(key=lambda bend: -abs(bend[0]))
        return (None if obstacles else round(total, 1)), obstacles, [told for _, told in bends[:BENDS]]

    def _metres(self, one: list[float], two: tuple[float, float]) -> float:
        across, up = np.subtract(one, two) * (self.across_to_up * 111_319, 111_132)
        return float(np.hypot(across, up))


def _parting(ours: list[int], theirs: list[int]) -> int | None:
    """Return the last common node before the two ways first differ, None where they never do."""
    last = None
    # the first of their nodes may lie behind the start
    if ours and ours[0] in theirs:
        theirs = theirs[theirs.index(ours[0]) :]
    for one, two in zip(ours, theirs, strict=False):
        if one != two:
            return last
        last = one
    return None


def _runs(ways: list[int]) -> list[int]:
    return [way for i, way in enumerate(ways) if i == 0 or ways[i - 1] != way]
