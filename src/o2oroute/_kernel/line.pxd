"""A route written out as a line, perhaps with a request more; see line.pyx."""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.route cimport Place, RoutesView

cdef int32_t write_line(
    const RoutesView* view, int32_t vehicle, int32_t request, const Place* place
) noexcept nogil
cdef int64_t line_duty(
    const RoutesView* view, int32_t vehicle, int32_t count, int64_t release
) noexcept nogil
