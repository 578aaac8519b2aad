"""Relations between requests; see relations.pyx."""

from libc.stdint cimport int32_t

from o2oroute._kernel.route cimport ModelView, Place, RoutesView

cdef bint is_related(const ModelView* model, int32_t one, int32_t other) noexcept nogil
cdef bint may_join(const RoutesView* view, int32_t vehicle, int32_t request) noexcept nogil
cdef bint may_stand(
    const RoutesView* view, int32_t request, const Place* place
) noexcept nogil
cdef bint keeps_relations(const RoutesView* view, int32_t vehicle) noexcept nogil
