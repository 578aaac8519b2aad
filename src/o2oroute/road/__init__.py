"""Roads: who drives where and how fast, the routing graph, and snapping."""

from __future__ import annotations
