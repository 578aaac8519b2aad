"""Prepared road networks in one file (``.o2r``): quick to load, because arrays are mapped and not parsed.

Layout, all numbers little-endian::

    0   8 bytes   magic "o2oroads"
    8   uint32    version of the format
    12  uint32    length of the header
    16  uint32    CRC-32 of the header
    20  uint32    CRC-32 of everything behind the header
    24  uint64    length of the file
    32  header    JSON (UTF-8): profile, meta and texts of each network, and where its arrays are
    ..  arrays    each at a multiple of 64 bytes, zeros between

Whatever a file holds, it is either loaded right or refused with an :class:`~o2oroute.errors.InputError`:
sizes and checksums are checked first, then every index and weight against the arrays that it points into.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import time
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from o2oroute.errors import InputError
from o2oroute.road.check import check_network
from o2oroute.road.layout import LAYOUT
from o2oroute.road.network import RoadNetwork

__all__ = ["load_network", "load_networks", "save_network"]

_MAGIC: Final = b"o2oroads"
_VERSION: Final = 3
_START: Final = struct.Struct("<8sIIIIQ")
_ALIGNMENT: Final = 64

_AGAIN: Final = "prepare it again from OpenStreetMap data (o2oroute prepare)"


def save_network(networks: RoadNetwork | Iterable[RoadNetwork], path: str | os.PathLike[str]) -> None:
    """Write one or several road networks, each of its own profile, into one file.

    The file appears whole or not at all, and one that is in use is replaced without harm.

    Parameters
    ----------
    networks : RoadNetwork or iterable of RoadNetwork
    path : path-like
        File to write, ``city.o2r`` by custom.

    Raises
    ------
    InputError
        If there is no network, two have the same profile, or the file cannot be written.

    Examples
    --------
    >>> save_network(network, "city.o2r")  # doctest: +SKIP
    """
    path = Path(path)
    networks = [networks] if isinstance(networks, RoadNetwork) else list(networks)
    profiles = [network.profile for network in networks]
    if not networks:
        raise InputError(f"{path} needs at least one network")
    if len(set(profiles)) < len(profiles):
        raise InputError(
            f"{path} cannot hold two networks of one profile; the profiles are {', '.join(profiles)}"
        )

    data: list[bytes] = []
    described = []
    size = 0
    for network in networks:
        arrays = {}
        for name, kind in LAYOUT.items():
            content = np.asarray(getattr(network, name), np.dtype(kind.dtype).newbyteorder("<")).tobytes()
            arrays[name] = {"offset": size, "elements": getattr(network, name).size}
            data += [content, bytes(-len(content) % _ALIGNMENT)]
            size += len(content) + len(data[-1])
        described.append(
            {
                "profile": network.profile,
                "meta": network.meta,
                "class_names": network.class_names,
                "names": network.names,
                "arrays": arrays,
            }
        )
    header = json.dumps({"networks": described}, ensure_ascii=False, separators=(",", ":")).encode()
    header += b" " * (
        -(_START.size + len(header)) % _ALIGNMENT
    )  # white space keeps it JSON and aligns the data
    body_crc = 0
    for part in data:
        body_crc = zlib.crc32(part, body_crc)
    total = _START.size + len(header) + size
    start = _START.pack(_MAGIC, _VERSION, len(header), zlib.crc32(header), body_crc, total)
    _write_whole(path, [start, header, *data])


def load_networks(path: str | os.PathLike[str]) -> dict[str, RoadNetwork]:
    """Load all networks of a file, by profile.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    dict of str to RoadNetwork
        Their arrays are mapped from the file, and read when they are used.

    Raises
    ------
    InputError
        If the file is missing, empty, truncated, damaged, of another version, or something else.
    """
    path = Path(path)
    buffer = _mapped(path)
    header, data = _checked_parts(path, buffer)
    networks: dict[str, RoadNetwork] = {}
    try:
        for described in header["networks"]:
            network = RoadNetwork(
                profile=_text(described["profile"]),
                meta=dict(described["meta"]),
                class_names=tuple(_text(name) for name in described["class_names"]),
                names=tuple(_text(name) for name in described["names"]),
                **{name: _array(data, name, described["arrays"][name]) for name in LAYOUT},
            )
            networks[network.profile] = network
    # whatever shape the JSON has instead
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise InputError(f"{path} is damaged: its header is wrong ({error}); {_AGAIN}") from error
    if not networks:
        raise InputError(f"{path} holds no network; {_AGAIN}")
    for network in networks.values():
        check_network(network, source=str(path))
    return networks


def load_network(path: str | os.PathLike[str], *, profile: str | None = None) -> RoadNetwork:
    """Load the network of one profile.

    Parameters
    ----------
    path : path-like
        File made by :func:`save_network` or ``o2oroute prepare``.
    profile : str, optional
        Needed where the file holds several.

    Returns
    -------
    RoadNetwork

    Raises
    ------
    InputError
        As :func:`load_networks`, and if the file does not have the profile or leaves a choice.

    Examples
    --------
    >>> network = load_network("city.o2r")  # doctest: +SKIP
    """
    networks = load_networks(path)
    held = ", ".join(networks)
    if profile is None:
        if len(networks) > 1:
            raise InputError(f"{path} holds several profiles; choose one of {held}")
        return next(iter(networks.values()))
    if profile not in networks:
        raise InputError(
            f"{path} does not hold profile {profile!r} but {held}; "
            f"prepare it with o2oroute prepare --profile {profile}"
        )
    return networks[profile]


def _write_whole(path: Path, parts: list[bytes]) -> None:
    if path.exists() and not path.is_file():  # a device would be replaced, not written to
        raise InputError(f"{path} cannot be written: it is a folder or a device; name a file")
    try:
        # a plain new file, so that it gets the permissions that new files have here
        temporary = path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}")
        try:
            with temporary.open("xb") as file:
                file.writelines(parts)
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from error


def _mapped(path: Path) -> mmap.mmap:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size == 0:
                raise InputError(f"{path} is empty (0 bytes); {_AGAIN}")
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror or error}; give the path of an .o2r file"
        ) from error


def _checked_parts(path: Path, buffer: mmap.mmap) -> tuple[dict[str, Any], memoryview]:
    """Return the header and the data behind it, once lengths and checksums are right."""
    if buffer[: len(_MAGIC)] != _MAGIC:
        raise InputError(f"{path} is no prepared road network (.o2r); {_AGAIN}")
    if len(buffer) < _START.size:
        raise InputError(f"{path} is truncated: it has only {len(buffer)} bytes; {_AGAIN}")
    _, version, header_size, header_crc, body_crc, total = _START.unpack_from(buffer)
    if version != _VERSION:
        age = "an older" if version < _VERSION else "a newer"
        raise InputError(
            f"{path} was made by {age} o2oroute (format {version}, this one reads {_VERSION}); {_AGAIN}"
        )
    if total != len(buffer):
        raise InputError(f"{path} is truncated or damaged: it has {len(buffer)} bytes, not {total}; {_AGAIN}")
    view = memoryview(buffer)
    header, data = view[_START.size :][:header_size], view[_START.size :][header_size:]
    if zlib.crc32(header) != header_crc or zlib.crc32(data) != body_crc:
        raise InputError(f"{path} is damaged: its checksum does not fit; {_AGAIN}")
    try:
        content = json.loads(bytes(header))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is damaged: its header is no JSON ({error}); {_AGAIN}") from error
    if not isinstance(content, dict) or not isinstance(content.get("networks"), list):
        raise InputError(f"{path} is damaged: its header lists no networks; {_AGAIN}")
    return content, data


def _array(data: memoryview, name: str, place: Mapping[str, Any]) -> npt.NDArray[Any]:
    offset, elements = place["offset"], place["elements"]
    # bool is an int too, but json.dumps never wrote one here
    if (
        type(offset) is not int
        or type(elements) is not int
        or offset % _ALIGNMENT
        or offset < 0
        or elements < 0
    ):
        raise ValueError(f"array {name} is placed at {offset!r} with {elements!r} elements")
    dtype = np.dtype(LAYOUT[name].dtype)
    if offset + elements * dtype.itemsize > len(data):
        raise ValueError(f"array {name} reaches beyond the end of the file")
    stored = np.frombuffer(data, dtype.newbyteorder("<"), elements, offset)
    # no copy where the machine is little-endian
    return stored.astype(dtype, copy=False)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
