"""What time costs on a route with breaks, trips, overtime or soft windows; see day.pyx."""

from libc.stdint cimport int32_t, int64_t, uint64_t

from o2oroute._kernel.curve cimport Curve, Service
from o2oroute._kernel.route cimport ModelView, RoutesView, Vehicle
from o2oroute._kernel.timing cimport NEVER, Node

cdef struct Outcome:
    int64_t duty
    int64_t end

# the curves in the work space: some to work with, then two for each number of breaks
cdef enum:
    MOVED
    DUE
    SPARE
    EXTRA
    NOW

cdef struct Sweep:
    const RoutesView* view
    const Vehicle* owner
    int32_t count
    int64_t release
    bint is_bounded  # by rides
    int64_t limit  # what costs so much need not be found
    int64_t rate  # of a paid tick
    # the best schedule at the rate
    int64_t value
    int64_t duty
    int64_t paid
    int64_t end


cdef inline Curve* now(const Sweep* sweep, int32_t taken) noexcept nogil:
    return &sweep.view.curves[NOW + 2 * taken]


cdef inline Curve* later(const Sweep* sweep, int32_t taken) noexcept nogil:
    return &sweep.view.curves[NOW + 2 * taken + 1]


cdef inline Service service_at(const Sweep* sweep, int32_t position) noexcept nogil:
    cdef const ModelView* model = sweep.view.model
    cdef int32_t node = sweep.view.line[position]
    cdef const Node* place = &sweep.owner.nodes[node]
    cdef Service service
    service.window, service.windows = place.window, place.windows
    service.earliest, service.latest = -NEVER, NEVER
    if sweep.is_bounded:
        service.earliest, service.latest = sweep.view.lowest[position], sweep.view.highest[position]
    service.term, service.terms = NULL, 0
    if model.soft_first != NULL and node < model.tasks:
        service.term = &model.soft[model.soft_first[node]]
        service.terms = model.soft_first[node + 1] - model.soft_first[node]
    return service


cdef int64_t day_cost(
    const RoutesView* view, int32_t vehicle, int32_t count, int64_t release, int64_t limit, Outcome* outcome
) noexcept nogil
cdef void place_visits(
    const RoutesView* view, int32_t vehicle, int32_t count, int64_t release, uint64_t* masks
) noexcept nogil
cdef void start(Sweep* sweep, int32_t skipped, int64_t release) noexcept nogil
cdef void drive(const Sweep* sweep, int32_t position, int32_t slot, int64_t leg) noexcept nogil
cdef void arrive(Sweep* sweep, const Service* service, int64_t stay) noexcept nogil
cdef void arrive_at_end(Sweep* sweep, int32_t skipped) noexcept nogil
