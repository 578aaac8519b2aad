"""From decoded OpenStreetMap data and a profile to a road network."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from o2oroute._core import nested_dissection
from o2oroute.arrays import ranges
from o2oroute.errors import InputError
from o2oroute.osm.records import OsmRecords
from o2oroute.road.conditional import kept_map, map_at, unpacked_map, unread_conditions
from o2oroute.road.geometry import E7
from o2oroute.road.judge import Judgement
from o2oroute.road.kerb import RoadFlag, segment_flags
from o2oroute.road.network import Progress, RoadNetwork
from o2oroute.road.order import order_as_in
from o2oroute.road.points import closed_points, junction_points, points_of_note
from o2oroute.road.profile import Profile
from o2oroute.road.region import REGIONS, region_of
from o2oroute.road.report import closed_ways, count_use, report_text
from o2oroute.road.restrictions import resolve_restrictions
from o2oroute.road.segments import Segments, directed_segments
from o2oroute.road.states import States, core_and_fringe, states_of
from o2oroute.road.turn_costs import turn_seconds
from o2oroute.road.turns import allowed_turns

__all__ = ["ATTRIBUTION", "build_network", "network_at"]

ATTRIBUTION: Final = "© OpenStreetMap contributors"

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]


def build_network(
    records: OsmRecords,
    profile: Profile,
    *,
    like: RoadNetwork | None = None,
    progress: Progress | None = None,
) -> RoadNetwork:
    """Build the road network of one profile.

    Parameters
    ----------
    records : OsmRecords
        Read with the profile's ``ways`` and ``keys``.
    profile : Profile
    like : RoadNetwork, optional
        Of the same map at another time: what depends on the map alone is taken from it.
    progress : callable, optional
        Called as ``progress(done, total)`` after each of four steps.

    Returns
    -------
    RoadNetwork

    Raises
    ------
    InputError
        If the profile can use no road of the data.
    """
    tell = progress or (lambda _done, _total: None)
    judgements, way_judgement = _judged(records, profile)
    node_judgements = [profile.judge_node(tags) for tags in records.node_tag_sets]
    cut_at = points_of_note(records, node_judgements)
    segments = directed_segments(records, judgements, way_judgement, cut_at)
    closed = closed_ways(records, way_judgement, judgements)
    if not segments.size:
        reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(closed.items()))
        raise InputError(
            f"{records.source} has {records.counts['ways']} ways but none for profile {profile.name} "
            f"({reasons}); give an extract with roads for it"
        )
    tell(1, 4)
    bans = resolve_restrictions(segments, records, vehicles=profile.vehicles)
    points = junction_points(segments, records, node_judgements)
    turns = allowed_turns(segments, points, bans)
    tell(2, 4)
    states, in_core, components = core_and_fringe(
        states_of(segments.size, turns, bans.sequences),
        restricted_segment=segments.restricted,
        restricted_turn=points.restricted[segments.head[turns.tail]] & ~turns.is_u_turn,
    )
    if not components:
        raise InputError(
            f"{records.source} has {segments.size} road segments for profile {profile.name}, but none that "
            "leads back to itself; give an extract with connected roads"
        )
    tell(3, 4)
    classes = [profile.classes[profile.judge(tags).road_class] for tags in records.tag_sets]
    flags = segment_flags(records, classes, segments.way)
    seconds = turn_seconds(
        segments,
        records,
        turns,
        points,
        costs=profile.turn,
        left_hand=flags & RoadFlag.LEFT != 0,
        roundabout=np.array([judgement.roundabout for judgement in judgements])[segments.judgement],
    )
    turn_ms = np.floor(seconds * 1000 + 0.5).astype(np.int32)
    core = np.zeros(segments.size, bool)
    core[states.segment[in_core]] = True
    counts = count_use(
        records,
        closed,
        segments,
        bans,
        closed_points(segments, records, node_judgements),
        used=_marked(segments.size, states.segment),
        core=core,
        components=components,
    )
    conditions, unread = unread_conditions(records, profile)
    counts["conditional_tags"] = conditions
    left_out = {reason: sorted(ids) for reason, ids in sorted(bans.left_out.items())}
    meta: dict[str, Any] = {
        "source": records.source,
        "attribution": ATTRIBUTION,
        "counts": counts,
        "restrictions_left_out": left_out,
        "conditions_left_out": dict(unread.most_common()),
        "report": report_text(records.source, profile.name, counts, left_out, unread),
    }
    if like is not None:
        packed = like.kept_map
    else:
        packed = kept_map(records, profile) if conditions > unread.total() else np.empty(0, np.uint8)
    network = _assembled(
        records, profile, judgements, segments, states, flags, turn_ms, meta, like=like, packed=packed
    )
    tell(4, 4)
    return network


def network_at(network: RoadNetwork, when: datetime) -> RoadNetwork:
    """Build the network of a moment; see :meth:`RoadNetwork.at`."""
    if not isinstance(when, datetime):
        raise InputError(f"when is {when!r}; it must be a datetime, such as datetime(2026, 11, 25, 8, 0)")
    if not network.kept_map.size:
        return network
    records, profile = unpacked_map(network.kept_map)
    return build_network(map_at(records, profile, when), profile, like=network)


def _judged(records: OsmRecords, profile: Profile) -> tuple[list[Judgement], Int32]:
    """Judge each combination of tags once in each region; return the judgements, and that of each way."""
    if not profile.region:
        return [profile.judge(tags) for tags in records.tag_sets], records.way_tags
    point = records.way_first[:-1]
    region = region_of(records.lon[point] / E7, records.lat[point] / E7).astype(np.int64)
    kinds, way_judgement = np.unique(
        (region + 1) * len(records.tag_sets) + records.way_tags, return_inverse=True
    )
    profiles = [profile, *(profile.within(code) for code in REGIONS)]
    judgements = [
        profiles[kind // len(records.tag_sets)].judge(records.tag_sets[kind % len(records.tag_sets)])
        for kind in kinds.tolist()
    ]
    return judgements, way_judgement.astype(np.int32)


def _assembled(
    records: OsmRecords,
    profile: Profile,
    judgements: list[Judgement],
    segments: Segments,
    states: States,
    flags: npt.NDArray[np.uint8],
    turn_ms: Int32,
    meta: dict[str, Any],
    *,
    like: RoadNetwork | None,
    packed: npt.NDArray[np.uint8],
) -> RoadNetwork:
    """Keep the segments that have nodes, number everything anew, and lay it out."""
    used = _marked(segments.size, states.segment)
    kept = np.flatnonzero(used)
    segment = _numbers(used)
    junction_kept = _marked(segments.junction_point.size, segments.tail[kept], segments.head[kept])
    junction = _numbers(junction_kept)
    stretch_kept = _marked(segments.stretch_first.size - 1, segments.stretch[kept])
    tail, head = junction[segments.tail[kept]], junction[segments.head[kept]]
    ms, dm = segments.ms[kept], segments.dm[kept]
    # -1, no twin, looks up the last number, which the mask puts right
    twin = np.where(segments.twin[kept] >= 0, segment[segments.twin[kept]], np.int32(-1))

    points = np.diff(segments.stretch_first)[stretch_kept]
    shape_point = segments.stretch_point[ranges(segments.stretch_first[:-1][stretch_kept], points)]
    junction_point = segments.junction_point[junction_kept]

    way = segments.way[kept]
    road_class = np.array([judgement.road_class for judgement in judgements], np.uint8)
    name_used = _marked(len(records.names), records.way_name[way])
    name_used[0] = True  # names[0] is "no name"

    node_segment = segment[states.segment]
    nodes = node_segment.size
    lon, lat = records.lon[shape_point], records.lat[shape_point]
    junction_lon, junction_lat = records.lon[junction_point], records.lat[junction_point]
    meta["bbox"] = [edge / E7 for edge in (int(lon.min()), int(lat.min()), int(lon.max()), int(lat.max()))]
    return RoadNetwork(
        profile=profile.name,
        meta=meta,
        class_names=profile.classes,
        names=tuple(name for name, used in zip(records.names, name_used, strict=True) if used),
        junction_lon=junction_lon,
        junction_lat=junction_lat,
        junction_osm_id=records.node_id[junction_point],
        segment_tail=tail,
        segment_head=head,
        segment_ms=ms,
        segment_dm=dm,
        segment_way=records.way_id[way],
        segment_twin=twin,
        segment_class=road_class[segments.judgement[kept]],
        segment_flags=flags[kept],
        segment_name=_numbers(name_used)[records.way_name[way]],
        segment_shape=_numbers(stretch_kept)[segments.stretch[kept]],
        segment_reversed=segments.reversed[kept],
        segment_nodes_first=np.searchsorted(node_segment, np.arange(kept.size + 1)).astype(np.int32),
        segment_nodes=np.arange(nodes, dtype=np.int32),
        shape_first=np.concatenate(([0], np.cumsum(points))).astype(np.int32),
        shape_lon=lon,
        shape_lat=lat,
        first_out=np.searchsorted(states.tail, np.arange(nodes + 1)).astype(np.int32),
        head=states.head.astype(np.int32),
        weight_ms=ms[node_segment[states.tail]] + turn_ms[states.turn],
        node_ms=ms[node_segment],
        node_dm=dm[node_segment],
        segment_of_node=node_segment,
        junction_tail=tail[node_segment],
        junction_head=head[node_segment],
        rank=(
            nested_dissection(tail[node_segment], head[node_segment], junction_lon, junction_lat)
            if like is None
            else order_as_in(like, records.node_id[junction_point], tail[node_segment], head[node_segment])
        ),
        kept_map=packed,
    )


def _marked(size: int, *indices: npt.NDArray[np.integer]) -> Bool:
    mark = np.zeros(size, bool)
    for index in indices:
        mark[index] = True
    return mark


def _numbers(kept: Bool) -> Int32:
    """Return the new number of each thing that is kept, -1 for the others."""
    return np.where(kept, np.cumsum(kept) - 1, -1).astype(np.int32)
