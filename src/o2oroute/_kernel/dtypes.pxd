"""Widths and sentinels of the compiled code.

A *label* is a time and a length in one int64: milliseconds in the upper 32 bits, decimetres in the lower 32.
As long as both halves stay below 2**31, adding two labels adds both halves, and comparing two labels compares
(ms, dm) lexicographically, so that of equally fast ways the shortest wins.
"""

from libc.stdint cimport int32_t, int64_t

cdef extern from *:
    """
    #include <stdint.h>
    #define O2OROUTE_INF 1073741823
    /* an array of negative size stops the compiler: INF + INF must fit the half of a label and an int32 */
    typedef char o2oroute_inf_fits[(2 * (int64_t)O2OROUTE_INF <= INT32_MAX) ? 1 : -1];
    """
    # unreachable, in every int32 array of times or lengths
    const int32_t INF "O2OROUTE_INF"

ctypedef int64_t label_t


cdef inline label_t pack(int32_t ms, int32_t dm) noexcept nogil:
    return (<label_t> ms << 32) + dm


cdef inline int64_t ms_of(label_t label) noexcept nogil:
    return label >> 32


cdef inline int64_t dm_of(label_t label) noexcept nogil:
    return label & <label_t> 0xFFFFFFFF


cdef inline bint too_long(label_t label) noexcept nogil:
    return ms_of(label) >= INF or dm_of(label) >= INF
