"""The command line: one command a file, each a thin coat over the library."""

from __future__ import annotations

from o2oroute.cli.app import main

__all__ = ["main"]
