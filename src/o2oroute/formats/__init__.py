"""Every file that the library reads and writes."""

from __future__ import annotations
