"""OpenStreetMap files and places as plain arrays: decoded, not judged."""

from __future__ import annotations
