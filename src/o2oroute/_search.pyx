"""The compiled door of routes: check arrays, release the GIL, call a room, raise.

Everything that enters is checked and copied into the layout of the rooms, so that no array can drive compiled
code out of bounds, whatever happens to it afterwards. Only ``engines/`` and ``dispatch/`` open this door.

A `Model` may be read by many threads at once; a `Routes` serves one call at a time.
"""

cimport cython
from cpython.exc cimport PyErr_CheckSignals
from libc.stdint cimport INT32_MAX, int32_t, int64_t, uint8_t, uint64_t

import time

import numpy as np

from o2oroute.arrays import checked
from o2oroute.errors import InputError

from o2oroute._kernel.curve cimport ROOM, Curve, Piece, Term
from o2oroute._kernel.day cimport place_visits
from o2oroute._kernel.dtypes cimport INF
from o2oroute._kernel.grid cimport GridView, collect_close, fill_grid
from o2oroute._kernel.insertion cimport (
    InsertionView, begin_insertion, continue_insertion, drop_unworthy,
)
from o2oroute._kernel.line cimport write_line
from o2oroute._kernel.neighbours cimport (
    NeighbourView, Ranked, list_neighbours, select_neighbours,
)
from o2oroute._kernel.rng cimport seed_rng
from o2oroute._kernel.places cimport cheapest_place, cost_at, link_request
from o2oroute._kernel.route cimport (
    IN_SEQUENCE, MOST_LABELS, Day, Kept, Label, ModelView, Pause, Place, Reload, Route, RoutesView, Stock,
    Stop, Stretch, Vehicle, append_task, clear_route, end_of, extra_cost, first_task, is_pair, request_of,
    start_of, update_route,
)
from o2oroute._kernel.ruin_recreate cimport (
    KEYS, Search, Settings, begin_best, begin_search, empty_a_route, search_on, take_best,
)
from o2oroute._kernel.state cimport SavedRoute, SavedStop, State
from o2oroute._kernel.timing cimport NEVER as C_NEVER, Node, Window

__all__ = [
    "ANY_TIME", "MAX_TIME", "SETTINGS", "UNLIMITED", "Improver", "Model", "Neighbours", "Routes",
    "cut_legs", "link_unit",
]

#: For limits and loads that are none.
UNLIMITED = C_NEVER
#: Windows lie within this many ticks of midnight.
MAX_TIME = 1 << 40
#: From here on, and down from its negative, the bound of a window does not bind.
ANY_TIME = 1 << 30

# nothing is loaded that could overflow a sum of loads
cdef int64_t MAX_LOAD = <int64_t> 1 << 40
# no route can cost as much: costs are added and compared in 64 bits
cdef int64_t MAX_COST = C_NEVER >> 1
# pieces of curves that are kept for a route in several trips
cdef Py_ssize_t STOCK = 1 << 17
# places that are looked at between two looks for Ctrl-C and the deadline: about 10 ms
cdef int64_t LOOKS_PER_BLOCK = 300_000


# each builds on those before it
include "_pointers.pxi"
include "_search_legs.pxi"
include "_search_relations.pxi"
include "_search_days.pxi"
include "_search_model.pxi"
include "_search_routes.pxi"
include "_search_neighbours.pxi"
include "_search_improve.pxi"
