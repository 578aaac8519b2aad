"""Make the orders of the demo, along the streets of the extract in the package.

python tools/make_demo_orders.py
"""

from __future__ import annotations

import json
from pathlib import Path

from o2oroute import RoadNetwork
from o2oroute.cli.sample import sample_orders

DATA = Path(__file__).resolve().parents[1] / "src" / "o2oroute" / "data"


def main() -> None:
    """Write the file."""
    network = RoadNetwork.from_osm(DATA / "helsinki_center.osm.pbf")
    problem = sample_orders(network, name="Helsinki centre", time_zone="Europe/Helsinki")
    text = json.dumps(problem, ensure_ascii=False, indent=1)
    (DATA / "helsinki_orders.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
