"""Engines: whoever decides which vehicle visits what in which order."""

from __future__ import annotations
