"""The many-lane search, compiled for processors with AVX-512; see lanes.pxi."""

from o2oroute._kernel.dtypes cimport INF, dm_of, ms_of
from o2oroute._kernel.lanes cimport (
    LABEL_INF, LABEL_LIMIT, LABEL_ONE_MS, LABEL_SHIFT, AheadView, ClosureView, EndsView, LaneWorkspace, Room,
    UpView, lane_t,
)

cdef extern from *:
    """
    #define O2OROUTE_ROW_BYTES 256
    """

include "lanes.pxi"
