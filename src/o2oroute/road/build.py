"""From decoded OpenStreetMap data and a profile to a road network."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from o2oroute._core import nested_dissection
from o2oroute.arrays import ranges
from o2oroute.errors import InputError
from o2oroute.osm.records import OsmRecords
from o2oroute.road.geometry import E7
from o2oroute.road.kerb import segment_flags
from o2oroute.road.network import Progress, RoadNetwork
from o2oroute.road.profile import Judgement, Profile
from o2oroute.road.segments import Segments, directed_segments
from o2oroute.road.turns import Turns, allowed_turns, strong_components

__all__ = ["ATTRIBUTION", "build_network"]

ATTRIBUTION: Final = "© OpenStreetMap contributors"

#: A strongly connected component is part of the core if it has so many segments, or this share of the
#: largest.
_CORE_SEGMENTS: Final = 1000
_CORE_SHARE: Final = 0.05

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]


def build_network(records: OsmRecords, profile: Profile, *, progress: Progress | None = None) -> RoadNetwork:
    """Build the road network of one profile.

    Parameters
    ----------
    records : OsmRecords
        Read with the profile's ``ways`` and ``keys``.
    profile : Profile
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
    judgements = [profile.judge(tags) for tags in records.tag_sets]
    segments = directed_segments(records, judgements)
    if not segments.size:
        raise InputError(
            f"{records.source} has {records.counts['ways']} ways but none for profile {profile.name} "
            f"({_listed(_closed_ways(records, judgements))}); give an extract with roads for it"
        )
    tell(1, 4)
    turns = allowed_turns(segments, records, vehicles=profile.vehicles)
    tell(2, 4)
    core, components = _core(segments, turns)
    if not components:
        raise InputError(
            f"{records.source} has {segments.size} road segments for profile {profile.name}, but none that "
            "leads back to itself; give an extract with connected roads"
        )
    tell(3, 4)
    network = _assembled(records, profile, judgements, segments, turns, core, components)
    tell(4, 4)
    return network


def _core(segments: Segments, turns: Turns) -> tuple[Bool, int]:
    """Return which segments are in the core, and how many components it has."""
    component = strong_components(turns.tail, turns.head, segments.size)
    size = np.bincount(component)
    # a single segment that does not lead back to itself is no way to anywhere
    inside = component[turns.tail] == component[turns.head]
    size[np.bincount(component[turns.tail[inside]], minlength=size.size) == 0] = 0
    large = (size > 0) & ((size >= _CORE_SEGMENTS) | (size >= _CORE_SHARE * size.max()))
    return large[component], int(np.count_nonzero(large))


def _assembled(
    records: OsmRecords,
    profile: Profile,
    judgements: list[Judgement],
    segments: Segments,
    turns: Turns,
    core: Bool,
    components: int,
) -> RoadNetwork:
    """Keep the core, number everything anew, and lay it out."""
    kept = np.flatnonzero(core)
    segment = _numbers(core)
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

    inside = core[turns.tail] & core[turns.head]
    arc_tail, arc_head = segment[turns.tail[inside]], segment[turns.head[inside]]
    u_turn_ms = np.int32(round(profile.turn.u_turn * 1000))
    weight = ms[arc_tail] + np.where(turns.is_u_turn[inside], u_turn_ms, np.int32(0))
    identity = np.arange(kept.size, dtype=np.int32)
    lon, lat = records.lon[shape_point], records.lat[shape_point]
    junction_lon, junction_lat = records.lon[junction_point], records.lat[junction_point]
    return RoadNetwork(
        profile=profile.name,
        meta=_meta(records, judgements, segments, turns, core, components, lon=lon, lat=lat),
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
        segment_class=road_class[records.way_tags[way]],
        segment_flags=segment_flags(
            records, [profile.classes[judgement.road_class] for judgement in judgements], way
        ),
        segment_name=_numbers(name_used)[records.way_name[way]],
        segment_shape=_numbers(stretch_kept)[segments.stretch[kept]],
        segment_reversed=segments.reversed[kept],
        segment_nodes_first=np.arange(kept.size + 1, dtype=np.int32),
        segment_nodes=identity,
        shape_first=np.concatenate(([0], np.cumsum(points))).astype(np.int32),
        shape_lon=lon,
        shape_lat=lat,
        first_out=np.searchsorted(arc_tail, np.arange(kept.size + 1)).astype(np.int32),
        head=arc_head,
        weight_ms=weight,
        node_ms=ms,
        node_dm=dm,
        segment_of_node=identity,
        junction_tail=tail,
        junction_head=head,
        rank=nested_dissection(tail, head, junction_lon, junction_lat),
    )


def _marked(size: int, *indices: npt.NDArray[np.integer]) -> Bool:
    mark = np.zeros(size, bool)
    for index in indices:
        mark[index] = True
    return mark


def _numbers(kept: Bool) -> Int32:
    """Return the new number of each thing that is kept, -1 for the others."""
    return np.where(kept, np.cumsum(kept) - 1, -1).astype(np.int32)


def _closed_ways(records: OsmRecords, judgements: list[Judgement]) -> Counter[str]:
    """Count the ways that the profile may not use, by reason."""
    ways = np.bincount(records.way_tags, minlength=len(judgements))
    closed: Counter[str] = Counter()
    for judgement, count in zip(judgements, ways.tolist(), strict=True):
        if judgement.closed_by:
            closed[judgement.closed_by] += count
    return closed


def _meta(
    records: OsmRecords,
    judgements: list[Judgement],
    segments: Segments,
    turns: Turns,
    core: Bool,
    components: int,
    *,
    lon: Int32,
    lat: Int32,
) -> dict[str, Any]:
    closed = _closed_ways(records, judgements)
    outside = int(np.count_nonzero(~core))
    outside_km = float(segments.dm[~core].sum(dtype=np.int64)) / 10_000
    restrictions = dict(sorted((+turns.restrictions).items()))  # + drops what counts zero
    report = [
        f"{records.source}: {records.counts['ways']} ways read, {closed.total()} closed to the profile"
        + (f" ({_listed(closed)})" if closed else ""),
        f"{int(core.sum())} directed segments kept in {components} connected part(s)",
        f"{outside} segments ({outside_km:.1f} km) left out: from there or to there is no way",
        f"{records.counts['restrictions']} turn restrictions read ({_listed(restrictions) or 'none'})",
    ]
    if records.counts["missing_nodes"]:
        report.append(
            f"{records.counts['missing_nodes']} nodes are missing from the file; roads are cut there"
        )
    if segments.too_long:
        report.append(f"{segments.too_long} segments left out: longer than any path may be")
    return {
        "source": records.source,
        "attribution": ATTRIBUTION,
        "bbox": [edge / E7 for edge in (int(lon.min()), int(lat.min()), int(lon.max()), int(lat.max()))],
        "counts": {
            **records.counts,
            "ways_closed": dict(sorted(closed.items())),
            "segments_kept": int(core.sum()),
            "segments_outside_core": outside,
            "segments_too_long": segments.too_long,
            "components": components,
            "restrictions_by_outcome": restrictions,
        },
        "report": "\n".join(report),
    }


def _listed(counts: Counter[str] | dict[str, int]) -> str:
    return ", ".join(f"{key} {count}" for key, count in sorted(counts.items()))
