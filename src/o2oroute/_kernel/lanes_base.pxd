"""The many-lane search, compiled for any processor of the platform."""

from libc.stdint cimport int32_t

from o2oroute._kernel.lanes cimport AheadView, ClosureView, EndsView, LaneWorkspace, UpView

cdef void run_group(
    bint packed, const UpView* up, const EndsView* sources, const AheadView* ahead, const ClosureView*
    closure, int32_t targets, const int32_t* points, int32_t lanes, LaneWorkspace* work,
) noexcept nogil

cdef void emit(
    LaneWorkspace* work, bint packed, int32_t targets, const int32_t* points, int32_t lanes, bint
    lanes_are_rows, size_t columns, bint raw, void* ms_out, void* dm_out,
) noexcept nogil
