"""Write what the profiles of the package hold into their pages in docs/reference/profiles.

    python tools/make_profile_pages.py

A page is text by hand down to a mark; below it stands the profile's file. The overview has the speeds of all.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PROFILES: Final = ROOT / "src" / "o2oroute" / "road" / "profiles"
PAGES: Final = ROOT / "docs" / "reference" / "profiles"
OVERVIEW: Final = ROOT / "docs" / "reference" / "profiles.md"
MARK: Final = "<!-- below: tools/make_profile_pages.py -->\n"
NAMES: Final = ("car", "van", "truck", "motorcycle", "scooter", "cargo_bike", "bicycle", "foot")


def page_of(name: str, page: str) -> str:
    """Return the text of a profile's page, with the profile's file as it is."""
    by_hand = page.partition(MARK)[0]
    file = (PROFILES / f"{name}.toml").read_text(encoding="utf-8")
    return f"{by_hand}{MARK}\n## The file\n\n```toml\n{file}```\n"


def overview_of(page: str) -> str:
    """Return the text of the overview, with the speeds of all profiles by class of road."""
    by_hand = page.partition(MARK)[0]
    speeds = {}
    for name in NAMES:
        profile = tomllib.loads((PROFILES / f"{name}.toml").read_text(encoding="utf-8"))
        speeds[name] = {road: str(speed) for road, speed in profile["speed"].items()}
        speeds[name] |= {road: f"({speed})" for road, speed in profile.get("permitted_speed", {}).items()}
    classes = list(dict.fromkeys(road for by_class in speeds.values() for road in by_class))
    lines = [
        f"| class | {' | '.join(f'`{name}`' for name in NAMES)} |",
        f"|---|{'---|' * len(NAMES)}",
        *(f"| {road} | {' | '.join(speeds[name].get(road, '') for name in NAMES)} |" for road in classes),
    ]
    return f"{by_hand}{MARK}\n" + "\n".join(lines) + "\n"


def main() -> None:
    """Write all pages."""
    OVERVIEW.write_text(overview_of(OVERVIEW.read_text(encoding="utf-8")), encoding="utf-8")
    for name in NAMES:
        path = PAGES / f"{name}.md"
        path.write_text(page_of(name, path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
