"""Routes in several trips: where to load again, given the order of the tasks.

The line is split by dynamic programming over the first task of each trip (Prins: A simple and effective
evolutionary algorithm for the vehicle routing problem, Computers and Operations Research 31, 2004, splits a
tour in this way): a trip grows task by task as long as its loads and kinds allow, and from each of its tasks
the vehicle may go to a depot. What is kept there are curves of what it costs to arrive by a moment, so that
the split is the cheapest by times, too. When a trip grows by a task that is ready later, it is begun anew.

Layout. Kept curves lie by the first task of the trip that they lead to, the number of that trip where trips
are counted, the depot, and the number of breaks that have been taken; the last ones are to work with.

Shipments may be on board from one trip to the next. Where several ways lead to the same curve, the longer one
counts for the limits of distance and travel; and during a break all is on board that the route delivers. So
the costs are those of a split that keeps all rules, though there may be a cheaper one. Stock that is used up
makes a way infeasible.
"""

from libc.stdint cimport int32_t, int64_t, uint64_t

from o2oroute._kernel.curve cimport Curve, Service, choose, copy_curve, serve, shift
from o2oroute._kernel.day cimport EXTRA, SPARE, arrive, arrive_at_end, drive, later, now, service_at, start
from o2oroute._kernel.dtypes cimport INF
from o2oroute._kernel.route cimport (
    Day, Kept, ModelView, Reload, RoutesView, Stock, Vehicle, is_first_task, leg, request_of,
)
from o2oroute._kernel.timing cimport NEVER

cdef struct Trip:
    int32_t first  # position of its first task
    int32_t number  # where trips are counted, else 0
    int64_t release
    int64_t length  # of detours until now
    int64_t travel


cdef inline Kept* kept(const Sweep* sweep, int32_t first, int32_t number, int32_t depot) noexcept nogil:
    """Return the curves that lead to a trip, by the number of breaks taken."""
    cdef const Day* day = sweep.owner.day
    cdef int64_t row = <int64_t> first * max(day.max_trips, 1) + number
    return &sweep.view.stock.kept[(row * day.reload_count + depot) * (day.pause_count + 1)]


cdef void keep(const Sweep* sweep, const Curve* curve, Kept* target) noexcept nogil:
    """Let kept curves be reached by a curve as well."""
    cdef Stock* stock = sweep.view.stock
    cdef Curve old, room
    if curve.count == 0:
        return
    if target.count > 0:
        old.pieces, old.count = &stock.pieces[target.first], target.count
        choose(curve, &old, False, &sweep.view.curves[EXTRA])
        curve = &sweep.view.curves[EXTRA]
    if stock.used + curve.count > stock.room:
        return
    room.pieces = &stock.pieces[stock.used]
    copy_curve(curve, &room)
    target.first, target.count = stock.used, room.count
    stock.used += room.count


cdef inline void take(const Sweep* sweep, const Kept* source, Curve* curve) noexcept nogil:
    cdef Curve old
    old.pieces, old.count = &sweep.view.stock.pieces[source.first], source.count
    copy_curve(&old, curve)


cdef inline void add_cost(Curve* curve, int64_t cost) noexcept nogil:
    cdef int32_t i
    for i in range(curve.count):
        curve.pieces[i].value += cost


cdef bint begin_trip(Sweep* sweep, int32_t skipped, Trip* trip) noexcept nogil:
    """Serve the first task of a trip, however the vehicle got there; tell whether it did."""
    cdef const RoutesView* view = sweep.view
    cdef const Vehicle* owner = sweep.owner
    cdef const Day* day = owner.day
    cdef int32_t task = view.line[trip.first]
    cdef int64_t points = view.model.points
    cdef int32_t breaks = day.pause_count + 1
    cdef Kept* gathered = kept(sweep, sweep.count, 0, 0)
    cdef const Kept* source
    cdef const Reload* reload
    cdef Service service
    cdef int32_t depot, taken, duration, length
    cdef int64_t stay = full_stay(owner, task)
    cdef bint is_there = False
    trip.length = trip.travel = 0
    if trip.first == 1:
        start(sweep, skipped, trip.release)
        drive(sweep, 0, 0, view.legs[0])
        service = service_at(sweep, trip.first)
        arrive(sweep, &service, stay)
    else:
        for taken in range(breaks):
            gathered[taken].count = 0
        for depot in range(day.reload_count):
            reload = &day.reloads[depot]
            source = kept(sweep, trip.first, trip.number, depot)
            duration = owner.durations[reload.point * points + view.model.nodes[task].point]
            length = owner.distances[reload.point * points + view.model.nodes[task].point]
            if duration >= INF:
                continue
            service.window, service.windows = reload.window, reload.windows
            service.earliest, service.latest = trip.release - reload.loading, NEVER
            service.term, service.terms = NULL, 0
            for taken in range(breaks):
                take(sweep, &source[taken], &view.curves[SPARE])
                if source[taken].count > 0:
                    trip.length = max(trip.length, source[taken].length + length)
                    trip.travel = max(trip.travel, source[taken].travel + duration)
                serve(&view.curves[SPARE], &service, sweep.rate, now(sweep, taken))
                shift(now(sweep, taken), reload.loading, sweep.rate)
                add_cost(
                    now(sweep, taken),
                    owner.per_length * length + owner.per_travel * duration
                    + owner.per_service * (stay - view.stays[trip.first]),
                )
            drive(sweep, trip.first - 1, sweep.count + trip.first - 1, duration)
            for taken in range(breaks):
                keep(sweep, later(sweep, taken), &gathered[taken])
        for taken in range(breaks):
            take(sweep, &gathered[taken], later(sweep, taken))
        service = service_at(sweep, trip.first)
        arrive(sweep, &service, stay)
    for taken in range(breaks):
        is_there = is_there or now(sweep, taken).count > 0
    return is_there


cdef void go_to_depot(Sweep* sweep, const Trip* trip, int32_t position, int32_t depot) noexcept nogil:
    """Go from a task of a trip to a depot, where the next trip begins."""
    cdef const RoutesView* view = sweep.view
    cdef const ModelView* model = view.model
    cdef const Vehicle* owner = sweep.owner
    cdef const Day* day = owner.day
    cdef int32_t task = view.line[position]
    cdef int64_t cell = model.nodes[task].point * model.points + day.reloads[depot].point
    cdef int64_t length = owner.distances[cell] - leg(model, owner.distances, task, view.line[position + 1])
    cdef int64_t travel = owner.durations[cell] - view.legs[position]
    cdef Kept* target = kept(sweep, position + 1, trip.number + (day.max_trips > 0), depot)
    cdef int32_t taken
    if owner.durations[cell] >= INF:
        return
    drive(sweep, position, position, owner.durations[cell])
    for taken in range(day.pause_count + 1):
        if later(sweep, taken).count > 0:
            add_cost(later(sweep, taken), owner.per_length * length + owner.per_travel * travel)
            if target[taken].count == 0:
                target[taken].length = target[taken].travel = -NEVER
            target[taken].length = max(target[taken].length, trip.length + length)
            target[taken].travel = max(target[taken].travel, trip.travel + travel)
            keep(sweep, later(sweep, taken), &target[taken])


cdef void begin_loads(const Sweep* sweep, int32_t first) noexcept nogil:
    """Set up the load of a trip without tasks: the shipments that are on board."""
    cdef const ModelView* model = sweep.view.model
    cdef int64_t* loads = sweep.view.stock.loads
    cdef int32_t unit, i, task
    for unit in range(model.units):
        loads[unit] = 0
        for i in range(1, first):
            task = sweep.view.line[i]
            if task >= model.singles:
                loads[unit] += model.change[<int64_t> task * model.units + unit]
        loads[model.units + unit] = loads[unit]


cdef bint add_load(const Sweep* sweep, int32_t task) noexcept nogil:
    """Let a trip grow by a task; tell whether the vehicle holds it."""
    cdef const ModelView* model = sweep.view.model
    cdef int64_t* load = sweep.view.stock.loads
    cdef int64_t* highest = load + model.units
    cdef int64_t delivered
    cdef int32_t unit
    for unit in range(model.units):
        delivered = model.delivery[<int64_t> task * model.units + unit]
        load[unit] += delivered + model.change[<int64_t> task * model.units + unit]
        highest[unit] = max(highest[unit] + delivered, load[unit])
        if highest[unit] > sweep.owner.capacity[unit]:
            return False
    return True


cdef bint add_kind(
    const Sweep* sweep, int32_t first, int32_t position, uint64_t* kinds
) noexcept nogil:
    """Let a trip grow by the kind of load of a task; tell whether it goes with the others."""
    cdef const ModelView* model = sweep.view.model
    cdef int32_t task = sweep.view.line[position]
    cdef int32_t request = request_of(model, task)
    cdef int32_t i
    if model.kind == NULL:
        return True
    if not is_first_task(model, task):
        for i in range(first, position):
            if sweep.view.line[i] == task - 1:
                return True  # it counts already
    if model.excluded[request] & kinds[0]:
        return False
    kinds[0] |= model.kind[request]
    return True


cdef bint is_within_limits(const Sweep* sweep, const Trip* trip) noexcept nogil:
    """Tell whether distance and travel keep their limits if the route goes on from a trip without reload."""
    cdef const RoutesView* view = sweep.view
    cdef const Vehicle* owner = sweep.owner
    cdef int64_t length = trip.length
    cdef int64_t travel = trip.travel
    cdef int32_t i
    if owner.max_distance >= NEVER and owner.max_travel >= NEVER:
        return True
    for i in range(sweep.count - 1):
        length += leg(view.model, owner.distances, view.line[i], view.line[i + 1])
        travel += view.legs[i]
    return length <= owner.max_distance and travel <= owner.max_travel


cdef void run_trip(Sweep* sweep, int32_t skipped, Trip* trip) noexcept nogil:
    """Let a trip grow as far as it can, and go to each depot from each of its tasks."""
    cdef const RoutesView* view = sweep.view
    cdef const ModelView* model = view.model
    cdef const Day* day = sweep.owner.day
    cdef bint is_last = trip.number + 1 >= day.max_trips > 0
    cdef uint64_t kinds = 0
    cdef Service service
    cdef int32_t position, i, depot, task
    trip.release = -NEVER
    begin_loads(sweep, trip.first)
    for position in range(trip.first, sweep.count - 1):
        task = view.line[position]
        if not add_load(sweep, task) or not add_kind(sweep, trip.first, position, &kinds):
            return
        i = position
        if position == trip.first or (model.release != NULL and model.release[task] > trip.release):
            if model.release != NULL:
                trip.release = max(trip.release, model.release[task])
            if not begin_trip(sweep, skipped, trip):
                return
            i = trip.first + 1
        for i in range(i, position + 1):
            drive(sweep, i - 1, i - 1, view.legs[i - 1])
            service = service_at(sweep, i)
            arrive(sweep, &service, view.stays[i])
        if position == sweep.count - 2:
            if is_within_limits(sweep, trip):
                drive(sweep, position, position, view.legs[position])
                arrive_at_end(sweep, skipped)
        elif not is_last:
            for depot in range(day.reload_count):
                if view.may_reload == NULL or view.may_reload[position] >> depot & 1:
                    go_to_depot(sweep, trip, position, depot)


cdef void run_trips(Sweep* sweep, int32_t skipped) noexcept nogil:
    """Find the cheapest schedule at the sweep's rate, over all ways to split the line into trips."""
    cdef const Day* day = sweep.owner.day
    cdef Kept* all_kept = sweep.view.stock.kept
    cdef int32_t rows = max(day.max_trips, 1)
    cdef int64_t i
    cdef int32_t first, number
    cdef Trip trip
    for i in range(<int64_t> (sweep.count + 1) * rows * day.reload_count * (day.pause_count + 1)):
        all_kept[i].count = 0
    sweep.view.stock.used = 0
    for first in range(1, sweep.count - 1):
        for number in range(min(rows, first)):
            if first > 1 and number == 0 < day.max_trips:
                continue
            trip.first, trip.number = first, number
            run_trip(sweep, skipped, &trip)
