"""Derive speeds by class of road from measured speeds of Seoul's road links.

    python tools/derive_seoul_speeds.py seoul_topis_road_speed_2018-10-23.csv.gz

The file (Seoul TOPIS, a CSV in Korean) has the mean speed of each link in each hour of one day, with its
length and one of four functional classes. What is printed goes into the tables ``[region.KR-11.speed]`` of
the profiles: the length of all links driven in all the hours, over the time that it takes.
"""

from __future__ import annotations

import argparse
import csv
import gzip
from collections import defaultdict
from pathlib import Path

#: The four classes of the file, and the classes of OpenStreetMap that they stand for.
CLASSES = {
    "도시고속도로": ("urban expressway", ("motorway", "trunk")),
    "주간선도로": ("major arterial", ("primary",)),
    "보조간선도로": ("minor arterial", ("secondary",)),
    "기타도로": ("other", ("tertiary",)),
}


def main() -> None:
    """Read the file and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="the CSV, gzipped or not")
    parser.add_argument("--hours", default="9-18", help="first and last hour of the day, such as 9-18")
    arguments = parser.parse_args()
    first, last = (int(hour) for hour in arguments.hours.split("-"))
    metres: dict[str, float] = defaultdict(float)
    hours_needed: dict[str, float] = defaultdict(float)
    links: dict[str, int] = defaultdict(int)
    with (gzip.open if arguments.file.suffix == ".gz" else open)(
        arguments.file, "rt", encoding="utf-8"
    ) as file:
        for row in csv.DictReader(file):
            kind = row["기능유형구분"].strip()
            links[kind] += 1
            for hour in range(first, last + 1):
                text = row[f"{hour:02}시"].strip()
                if text and float(text) > 0:
                    metres[kind] += float(row["거리"])
                    hours_needed[kind] += float(row["거리"]) / 1000 / float(text)
    for kind, number in sorted(links.items()):
        name, classes = CLASSES.get(kind, (kind, ()))
        speed = metres[kind] / 1000 / hours_needed[kind]
        print(f"{name:18} {number:5} links {speed:6.1f} km/h  {', '.join(classes)}")


if __name__ == "__main__":
    main()
