"""Run the command line as ``python -m o2oroute``."""

from __future__ import annotations

from o2oroute.cli import main

if __name__ == "__main__":
    main()
