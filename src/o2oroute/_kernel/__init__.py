"""Rooms of the compiled code: one algorithm a file, opened only by the doors ``_core`` and ``_search``."""
