"""Delivery routes with time windows, from an OpenStreetMap extract and a file of orders."""

from __future__ import annotations
