"""Cost of a route up to a moment, as a function of the moment; see curve.pyx."""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.timing cimport Window

cdef enum:
    ROOM = 2048  # pieces of a curve at most

cdef struct Piece:
    int64_t begin  # first moment; the next piece begins where this one ends
    int64_t value  # cost there
    int64_t slope  # of each tick later
    int64_t start  # of the route, in the schedule that costs this
    int64_t moves  # ticks that the start is later for each tick later: 0 or 1

cdef struct Curve:
    Piece* pieces
    int32_t count  # 0: no moment is feasible

# what service costs for each tick that it starts before or after a moment
cdef struct Term:
    int64_t moment
    int64_t before
    int64_t after

# when service may start, and what that costs
cdef struct Service:
    const Window* window
    int32_t windows
    const Term* term
    int32_t terms
    int64_t earliest  # bounds besides
    int64_t latest

cdef void begin_curve(Curve* curve, const Service* service, int64_t rate) noexcept nogil
cdef void serve(const Curve* curve, const Service* service, int64_t rate, Curve* served) noexcept nogil
cdef void choose(
    const Curve* one, const Curve* other, bint dearer, Curve* chosen
) noexcept nogil


cdef inline void copy_curve(const Curve* curve, Curve* copy) noexcept nogil:
    cdef int32_t i
    for i in range(curve.count):
        copy.pieces[i] = curve.pieces[i]
    copy.count = curve.count


cdef inline void shift(Curve* curve, int64_t ticks, int64_t rate) noexcept nogil:
    """Let so many ticks pass, at so much each."""
    cdef int32_t i
    for i in range(curve.count):
        curve.pieces[i].begin += ticks
        curve.pieces[i].value += rate * ticks


cdef inline void exchange(Curve* one, Curve* other) noexcept nogil:
    cdef Curve kept = one[0]
    one[0] = other[0]
    other[0] = kept
