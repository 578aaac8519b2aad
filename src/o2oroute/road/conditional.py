"""Roads at a moment: the map that a network keeps, so that conditional tags can be applied to it.

What a condition changes is more than weights: a road that opens makes junctions, one for residents only
needs "in" and "out" nodes. So the roads are built anew from the tags as they are at that moment, by the same
rules as always; only the order of the hierarchy, which costs the most and depends on the map alone, is taken
over.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from o2oroute.errors import InputError
from o2oroute.osm.conditions import CONDITIONAL, Circumstances, clauses, settled
from o2oroute.osm.records import OsmRecords, Restriction
from o2oroute.road.geometry import E7
from o2oroute.road.profile import Profile

__all__ = ["kept_map", "map_at", "unpacked_map", "unread_conditions"]

_ARRAYS: Final = {
    "way_id": np.int64,
    "way_first": np.int64,
    "way_tags": np.int32,
    "way_name": np.int32,
    "node_id": np.int64,
    "lon": np.int32,
    "lat": np.int32,
    "tagged_id": np.int64,
    "tagged_tags": np.int32,
}


def map_at(records: OsmRecords, profile: Profile, when: datetime) -> OsmRecords:
    """Return a map as it is at a moment, without conditional tags.

    Parameters
    ----------
    records : OsmRecords
    profile : Profile
        Its sizes count in conditions.
    when : datetime
        Without a time zone: by the clocks of the place.
    """
    circumstances = _circumstances(records, profile)
    return replace(
        records,
        source=f"{records.source} at {when:%Y-%m-%d %H:%M}",
        tag_sets=tuple(settled(tags, when, circumstances) for tags in records.tag_sets),
        node_tag_sets=tuple(settled(tags, when, circumstances) for tags in records.node_tag_sets),
        restrictions=tuple(
            replace(restriction, tags=settled(restriction.tags, when, circumstances))
            for restriction in records.restrictions
        ),
    )


def unread_conditions(records: OsmRecords, profile: Profile) -> tuple[int, Counter[str]]:
    """Count the conditional tags that concern a profile, and those of them that are not understood.

    Returns
    -------
    read : int
        Tags of ways, nodes and restrictions.
    unread : Counter of str
        ``key=value`` of those that have a clause that is not understood.
    """
    circumstances = _circumstances(records, profile)
    read = 0
    unread: Counter[str] = Counter()
    for tags, count in _tagged(records, profile):
        for key in tags:
            if key.endswith(CONDITIONAL):
                read += count
                parts = [clause.conditions for clause in clauses(tags[key])]
                if not all(
                    conditions and all(circumstances.understood(condition) for condition in conditions)
                    for conditions in parts
                ):
                    unread[f"{key}={tags[key]}"] += count
    return read, unread


def _circumstances(records: OsmRecords, profile: Profile) -> Circumstances:
    middle = (float(records.lon.mean()) / E7, float(records.lat.mean()) / E7)
    return Circumstances(*middle, profile.vehicle.model_dump())


def _tagged(records: OsmRecords, profile: Profile) -> Iterator[tuple[Mapping[str, str], int]]:
    """Yield combinations of tags, and how many ways, nodes or restrictions have each."""
    _, first = np.unique(records.way_id, return_index=True)
    for numbers, tag_sets in (
        (records.way_tags[first], records.tag_sets),
        (records.tagged_tags, records.node_tag_sets),
    ):
        counts = np.bincount(numbers, minlength=len(tag_sets)).tolist()
        yield from ((tags, count) for tags, count in zip(tag_sets, counts, strict=True) if count)
    keys = {f"restriction{kind}{CONDITIONAL}" for kind in ("", *(f":{kind}" for kind in profile.vehicles))}
    for restriction in records.restrictions:
        yield {key: restriction.tags[key] for key in keys if key in restriction.tags}, 1


# --- in a network and its file --------------------------------------------------------------------------


def kept_map(records: OsmRecords, profile: Profile) -> npt.NDArray[np.uint8]:
    """Pack a map and the profile that judges it into bytes; those of numpy's ``.npz``."""
    texts = {
        "source": records.source,
        "tag_sets": records.tag_sets,
        "node_tag_sets": records.node_tag_sets,
        "names": records.names,
        "restrictions": [asdict(restriction) for restriction in records.restrictions],
        "counts": dict(records.counts),
        "profile": profile.model_dump(),
    }
    packed = json.dumps(texts, default=sorted, ensure_ascii=False).encode()  # sets have no order of their own
    arrays: dict[str, Any] = {name: getattr(records, name) for name in _ARRAYS}
    file = io.BytesIO()
    np.savez(file, texts=np.frombuffer(packed, np.uint8), **arrays)
    return np.frombuffer(file.getvalue(), np.uint8)


def unpacked_map(packed: npt.NDArray[np.uint8]) -> tuple[OsmRecords, Profile]:
    """Return what :func:`kept_map` packed.

    Raises
    ------
    InputError
        If the bytes are something else, or contradict themselves.
    """
    try:
        with np.load(io.BytesIO(packed.tobytes()), allow_pickle=False) as file:
            arrays = {name: file[name] for name in _ARRAYS}
            texts: dict[str, Any] = json.loads(file["texts"].tobytes())
        profile = Profile.model_validate(texts["profile"])
        records = OsmRecords(
            source=texts["source"],
            tag_sets=tuple(texts["tag_sets"]),
            node_tag_sets=tuple(texts["node_tag_sets"]),
            names=tuple(texts["names"]),
            restrictions=tuple(_restriction(fields) for fields in texts["restrictions"]),
            counts=texts["counts"],
            **arrays,
        )
        _check(records)
    # whatever numpy, zip files, JSON and profiles complain about
    except (ArithmeticError, LookupError, OSError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(
            f"the map that the network keeps is damaged ({error}); prepare it again from OpenStreetMap data"
        ) from error
    return records, profile


def _restriction(fields: dict[str, Any]) -> Restriction:
    members = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
    return Restriction(**fields | members)


def _check(records: OsmRecords) -> None:
    """Raise a ValueError if arrays of a map contradict each other."""
    ways, points = records.way_id.size, records.node_id.size
    first = records.way_first
    fits = (
        all(getattr(records, name).dtype == dtype for name, dtype in _ARRAYS.items()),
        all(getattr(records, name).ndim == 1 for name in _ARRAYS),
        ways > 0 and first.size == ways + 1 and first[0] == 0 and first[-1] == points,
        np.diff(first).min(initial=2) >= 2,
        records.lon.size == records.lat.size == points,
        _within(records.lon, -180 * E7, 180 * E7) and _within(records.lat, -90 * E7, 90 * E7),
        records.way_tags.size == records.way_name.size == ways,
        _within(records.way_tags, 0, len(records.tag_sets) - 1),
        _within(records.way_name, 0, len(records.names) - 1),
        records.tagged_tags.size == records.tagged_id.size,
        _within(records.tagged_tags, 0, len(records.node_tag_sets) - 1),
        np.diff(records.tagged_id).min(initial=1) > 0,
    )
    if not all(fits):
        raise ValueError(f"its arrays contradict each other ({fits.index(False)})")


def _within(array: npt.NDArray[Any], low: float, high: float) -> bool:
    return bool(array.min(initial=low) >= low and array.max(initial=high) <= high)
