"""Routes in several trips where nothing counts but windows, loads, ways and duty: where to load again.

The split of trips.pyx, with segments (timing.pxd) in place of curves. Where each node has one window, a route
up to a depot is a segment, whatever depots are on it: a depot is a node that opens when all is ready that
the next trip delivers. So a trip that grows by a task takes constant time for each *label*, which is a way to
get to the depot where it begins:

    labels at a task    [(cost of detours, segment from the start to the depot, depot, trips made), ...]

A label is left out if another one at the same depot is as good whenever the vehicle goes on: with its
shortest duty, as early as it can be there, and when others wait, for what duty costs at the sweep's rate.
"""

from libc.stdint cimport int32_t, int64_t, uint64_t

from o2oroute._kernel.dtypes cimport INF
from o2oroute._kernel.route cimport (
    MOST_LABELS, Day, Label, ModelView, Reload, RoutesView, Vehicle, leg,
)
from o2oroute._kernel.timing cimport NEVER, Segment, can_join, joined, segment_of
from o2oroute._kernel.trips cimport add_kind, add_load, begin_loads, full_stay


cdef bint is_plain(const Sweep* sweep) noexcept nogil:
    """Tell whether the line may be split by segments."""
    cdef const ModelView* model = sweep.view.model
    cdef const Vehicle* owner = sweep.owner
    cdef int32_t i, node
    if sweep.is_bounded or owner.day.pause_count > 0:
        return False
    if owner.max_distance < NEVER or owner.max_travel < NEVER:
        return False
    for i in range(owner.day.reload_count):
        if owner.day.reloads[i].windows != 1:
            return False
    for i in range(sweep.count):
        node = sweep.view.line[i]
        if owner.nodes[node].windows != 1:
            return False
        if model.soft_first != NULL and node < model.tasks:
            if model.soft_first[node] < model.soft_first[node + 1]:
                return False
    return True


cdef bint is_as_good(const Label* label, const Label* other, const Sweep* sweep) noexcept nogil:
    """Tell whether a label may stand for another at the same depot."""
    cdef const Segment* one = &label.way
    cdef const Segment* two = &other.way
    cdef int64_t more = (
        label.cost + sweep.rate * one.duration - other.cost - sweep.rate * two.duration
    )
    if more > 0 or one.earliest + one.duration > two.earliest + two.duration:
        return False
    if sweep.owner.day.max_trips > 0 and label.trips > other.trips:
        return False
    # when the other one begins to wait, this one may have waited for a while
    return <double> more <= <double> sweep.rate * (
        one.latest + one.duration - two.latest - two.duration
    )


cdef void add_label(const Sweep* sweep, int32_t position, const Label* label) noexcept nogil:
    """Keep a label at a task unless it is no use; of too many the dearest is left out."""
    cdef Label* labels = &sweep.view.stock.labels[<int64_t> position * MOST_LABELS]
    cdef int32_t* count = &sweep.view.stock.label_count[position]
    cdef int32_t kept = 0
    cdef int32_t i, dearest
    for i in range(count[0]):
        if labels[i].depot == label.depot and is_as_good(&labels[i], label, sweep):
            return
    for i in range(count[0]):
        if labels[i].depot != label.depot or not is_as_good(label, &labels[i], sweep):
            labels[kept] = labels[i]
            kept += 1
    if kept == MOST_LABELS:
        dearest = 0
        for i in range(1, kept):
            if labels[i].cost > labels[dearest].cost:
                dearest = i
        if label.cost < labels[dearest].cost:
            labels[dearest] = label[0]
    else:
        labels[kept] = label[0]
        kept += 1
    count[0] = kept


cdef void end_trip(Sweep* sweep, int32_t position, Label* label) noexcept nogil:
    """Go on from the last task of a trip, up to which the label leads: to the end, or to each depot."""
    cdef const RoutesView* view = sweep.view
    cdef const ModelView* model = view.model
    cdef const Vehicle* owner = sweep.owner
    cdef const Day* day = owner.day
    cdef Segment way = label.way
    cdef Segment following
    cdef int64_t cost = label.cost
    cdef int64_t cell, length, travel, value
    cdef int32_t depot
    if position == sweep.count - 2:
        following = segment_of(&owner.nodes[view.line[position + 1]], 0)
        if view.legs[position] >= INF or not can_join(&way, view.legs[position], &following):
            return
        way = joined(way, view.legs[position], following)
        value = cost + sweep.rate * way.duration
        if value < sweep.value or (value == sweep.value and way.earliest + way.duration < sweep.end):
            sweep.value = value
            sweep.end = way.earliest + way.duration
            sweep.duty = sweep.paid = way.duration
        return
    if label.trips >= day.max_trips > 0:
        return
    # it may be there at any time
    following.duration, following.earliest, following.latest = 0, -NEVER, NEVER
    for depot in range(day.reload_count):
        if view.may_reload != NULL and not view.may_reload[position] >> depot & 1:
            continue
        cell = model.nodes[view.line[position]].point * model.points + day.reloads[depot].point
        if owner.durations[cell] >= INF:
            continue
        length = owner.distances[cell] - leg(
            model, owner.distances, view.line[position], view.line[position + 1]
        )
        travel = owner.durations[cell] - view.legs[position]
        label.cost = cost + owner.per_length * length + owner.per_travel * travel
        label.way = joined(way, owner.durations[cell], following)
        label.depot = depot
        if label.cost + sweep.rate * label.way.duration < sweep.limit:
            add_label(sweep, position + 1, label)


cdef void grow_from_start(
    Sweep* sweep, int32_t position, const Segment* trip, int64_t release
) noexcept nogil:
    """End the first trip behind a task."""
    cdef Label label
    label.way = segment_of(&sweep.owner.nodes[sweep.view.line[0]], 0)
    label.way.earliest = max(label.way.earliest, release)
    label.cost, label.trips = 0, 1
    if label.way.earliest > label.way.latest or sweep.view.legs[0] >= INF:
        return
    if can_join(&label.way, sweep.view.legs[0], trip):
        label.way = joined(label.way, sweep.view.legs[0], trip[0])
        end_trip(sweep, position, &label)


cdef void grow_from_depot(
    Sweep* sweep, const Label* source, int32_t first, int32_t position, const Segment* trip, int64_t release
) noexcept nogil:
    """End a trip behind a task, that a label leads to."""
    cdef const RoutesView* view = sweep.view
    cdef const Vehicle* owner = sweep.owner
    cdef const Reload* reload = &owner.day.reloads[source.depot]
    cdef int32_t task = view.line[first]
    cdef int64_t cell = reload.point * view.model.points + view.model.nodes[task].point
    cdef Segment loading
    cdef Label label
    if owner.durations[cell] >= INF:
        return
    loading.duration = reload.loading
    loading.earliest = max(reload.window[0].open, release - reload.loading)
    loading.latest = reload.window[0].close
    if loading.earliest > loading.latest or not can_join(&source.way, 0, &loading):
        return
    label.way = joined(source.way, 0, loading)
    if not can_join(&label.way, owner.durations[cell], trip):
        return
    label.way = joined(label.way, owner.durations[cell], trip[0])
    label.trips = source.trips + 1
    label.cost = (
        source.cost + owner.per_length * owner.distances[cell] + owner.per_travel * owner.durations[cell]
        + owner.per_service * (full_stay(owner, task) - view.stays[first])
    )
    if label.cost + sweep.rate * label.way.duration < sweep.limit:
        end_trip(sweep, position, &label)


cdef void grow_trip(Sweep* sweep, int32_t first) noexcept nogil:
    """Let a trip grow from its first task as far as it can, and end it behind each of its tasks."""
    cdef const RoutesView* view = sweep.view
    cdef const ModelView* model = view.model
    cdef const Vehicle* owner = sweep.owner
    cdef const Label* labels = &view.stock.labels[<int64_t> first * MOST_LABELS]
    cdef int64_t release = -NEVER
    cdef uint64_t kinds = 0
    cdef Segment trip, following
    cdef int32_t position, task, i
    begin_loads(sweep, first)
    for position in range(first, sweep.count - 1):
        task = view.line[position]
        if not add_load(sweep, task) or not add_kind(sweep, first, position, &kinds):
            return
        if model.release != NULL:
            release = max(release, model.release[task])
        if position == first:
            trip = segment_of(&owner.nodes[task], full_stay(owner, task))
        else:
            following = segment_of(&owner.nodes[task], view.stays[position])
            if view.legs[position - 1] >= INF or not can_join(&trip, view.legs[position - 1], &following):
                return
            trip = joined(trip, view.legs[position - 1], following)
        if first == 1:
            grow_from_start(sweep, position, &trip, release)
        for i in range(view.stock.label_count[first]):
            grow_from_depot(sweep, &labels[i], first, position, &trip, release)


cdef void run_plain_trips(Sweep* sweep) noexcept nogil:
    """Find the cheapest schedule at the sweep's rate, over all ways to split the line into trips."""
    cdef int32_t first
    for first in range(sweep.count):
        sweep.view.stock.label_count[first] = 0
    for first in range(1, sweep.count - 1):
        if first == 1 or sweep.view.stock.label_count[first] > 0:
            grow_trip(sweep, first)
