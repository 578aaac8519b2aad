"""The state of the search: routes, the bank of requests that are on none, their value, and the way back.

Layout. Routes are those of route.pyx. Before a stop or a route is changed for the first time in an *epoch*,
it is written to a journal:

    saved_stops   [..., (number, stop), ...]        saved_routes   [..., (vehicle, route), ...]

`undo_to` copies back from the end to a mark, so that a change costs what it touches and going back costs as
much. A new epoch may begin on top of another: its entries hold what the earlier one had made.

Invariant between calls of `refresh`: a changed route, once refreshed, has exact `depart` and `latest` at each
stop, and exact `cost`, `distance` and loads. Its stretches and the sums that only deep routes keep are exact
on deep routes; nothing else reads them during the search.
"""

from libc.stdint cimport int32_t, int64_t
from libc.string cimport memcpy

from o2oroute._kernel.dtypes cimport INF
from o2oroute._kernel.route cimport (
    ModelView, Route, Stop, Vehicle, end_of, first_task, is_first_task, is_pair, leg, link_stop, request_of,
    set_cost, start_of, unlink_stop, update_route,
)
from o2oroute._kernel.timing cimport NEVER, earliest_service, latest_service


cdef void begin_state(State* state) noexcept nogil:
    """Work out bank, kinds in use and value from the routes."""
    cdef const ModelView* model = state.routes.model
    cdef int32_t i, kind
    state.epoch = 1
    state.stop_count = state.route_count = 0
    state.bank_count = state.bank_tasks = 0
    state.importance_left = state.cost = 0
    for i in range(model.requests):
        state.bank_place[i] = -1
        if state.routes.stops[first_task(model, i)].vehicle < 0:
            if model.nodes[first_task(model, i)].point >= 0:
                add_to_bank(state, i)
    for i in range(model.tasks + 2 * model.vehicle_count):
        state.stop_epoch[i] = 0
    for kind in range(state.kinds):
        state.kind_used[kind] = 0
    state.used = 0
    for i in range(model.vehicle_count):
        state.route_epoch[i] = 0
        if state.routes.routes[i].stops > 0:
            state.cost += state.routes.routes[i].cost
            note_use(state, i, 0)


cdef void add_to_bank(State* state, int32_t request) noexcept nogil:
    state.bank_place[request] = state.bank_count
    state.bank[state.bank_count] = request
    state.bank_count += 1
    state.bank_tasks += 1 + is_pair(state.routes.model, request)
    state.importance_left += state.importance[request]
    state.cost += state.prize[request]


cdef void take_from_bank(State* state, int32_t request) noexcept nogil:
    cdef int32_t place = state.bank_place[request]
    cdef int32_t last = state.bank[state.bank_count - 1]
    state.bank[place] = last
    state.bank_place[last] = place
    state.bank_place[request] = -1
    state.bank_count -= 1
    state.bank_tasks -= 1 + is_pair(state.routes.model, request)
    state.importance_left -= state.importance[request]
    state.cost -= state.prize[request]


cdef void note_use(State* state, int32_t vehicle, int32_t stops_before) noexcept nogil:
    """Keep the vehicles of a kind in two parts, after a route got its first stop or lost its last."""
    cdef int32_t kind = state.kind_of[vehicle]
    cdef bint in_use = state.routes.routes[vehicle].stops > 0
    cdef int32_t border, other, place
    if in_use == (stops_before > 0):
        return
    state.used += 1 if in_use else -1
    if not in_use:
        state.kind_used[kind] -= 1
    border = state.kind_first[kind] + state.kind_used[kind]
    if in_use:
        state.kind_used[kind] += 1
    place = state.kind_place[vehicle]
    other = state.by_kind[border]
    state.by_kind[border] = vehicle
    state.by_kind[place] = other
    state.kind_place[vehicle] = border
    state.kind_place[other] = place


cdef inline int64_t* row_of(State* state, int32_t number) noexcept nogil:
    return &state.routes.loads[<int64_t> number * 3 * state.routes.model.units]


cdef inline int64_t* saved_row(State* state) noexcept nogil:
    """Return where the loads of the next stop are saved."""
    return &state.saved_rows[state.stop_count * 3 * state.routes.model.units]


cdef inline void copy_amounts(int64_t* target, const int64_t* source, int32_t count) noexcept nogil:
    """Copy amounts of load; without units there are none, and no memory for them."""
    if count > 0:
        memcpy(target, source, count * sizeof(int64_t))


cdef inline void save_stop(State* state, int32_t number) noexcept nogil:
    """Write a stop to the journal before it changes, once an epoch."""
    cdef SavedStop* saved
    if state.stop_epoch[number] != state.epoch:
        state.stop_epoch[number] = state.epoch
        saved = &state.saved_stops[state.stop_count]
        saved.number = number
        saved.stop = state.routes.stops[number]
        if state.saved_stretches != NULL:
            state.saved_stretches[state.stop_count] = state.routes.stretches[number]
        if state.routes.model.carries:
            copy_amounts(saved_row(state), row_of(state, number), 3 * state.routes.model.units)
        state.stop_count += 1


cdef inline void save_route(State* state, int32_t vehicle) noexcept nogil:
    cdef int32_t units = state.routes.model.units
    cdef SavedRoute* saved
    if state.route_epoch[vehicle] != state.epoch:
        state.route_epoch[vehicle] = state.epoch
        saved = &state.saved_routes[state.route_count]
        saved.vehicle = vehicle
        saved.route = state.routes.routes[vehicle]
        copy_amounts(&state.saved_loads[state.route_count * units], saved.route.load, units)
        state.route_count += 1


cdef Mark begin_changes(State* state) noexcept nogil:
    """Begin an epoch; return what `undo_to` needs to end it."""
    cdef Mark mark
    state.epoch += 1
    mark.stops = state.stop_count
    mark.routes = state.route_count
    mark.cost = state.cost
    mark.importance = state.importance_left
    return mark


cdef void undo_to(State* state, const Mark* mark) noexcept nogil:
    """Undo all changes since a mark."""
    cdef const ModelView* model = state.routes.model
    cdef int32_t number, before, request
    cdef bint was_served
    cdef SavedRoute* saved
    while state.stop_count > mark.stops:
        state.stop_count -= 1
        number = state.saved_stops[state.stop_count].number
        if number < model.tasks and is_first_task(model, number):
            request = request_of(model, number)
            was_served = state.saved_stops[state.stop_count].stop.vehicle >= 0
            if was_served != (state.bank_place[request] < 0):
                if was_served:
                    take_from_bank(state, request)
                else:
                    add_to_bank(state, request)
        state.routes.stops[number] = state.saved_stops[state.stop_count].stop
        if state.saved_stretches != NULL:
            state.routes.stretches[number] = state.saved_stretches[state.stop_count]
        if model.carries:
            copy_amounts(row_of(state, number), saved_row(state), 3 * model.units)
    while state.route_count > mark.routes:
        state.route_count -= 1
        saved = &state.saved_routes[state.route_count]
        before = state.routes.routes[saved.vehicle].stops
        state.routes.routes[saved.vehicle] = saved.route
        copy_amounts(
            saved.route.load, &state.saved_loads[state.route_count * model.units], model.units
        )
        note_use(state, saved.vehicle, before)
    state.cost = mark.cost
    state.importance_left = mark.importance
    state.epoch += 1


cdef void link(State* state, int32_t task, int32_t after) noexcept nogil:
    """Put a task that was taken off a route behind a stop, untested; `refresh` must follow."""
    cdef int32_t vehicle = state.routes.stops[after].vehicle
    save_stop(state, after)
    save_stop(state, task)
    save_stop(state, state.routes.stops[after].next)
    save_route(state, vehicle)
    link_stop(state.routes, task, after)
    note_use(state, vehicle, state.routes.routes[vehicle].stops - 1)


cdef void unlink(State* state, int32_t task) noexcept nogil:
    """Take a task off its route, to be put on another; `refresh` must follow."""
    cdef const Stop* stop = &state.routes.stops[task]
    cdef int32_t vehicle = stop.vehicle
    save_stop(state, stop.prev)
    save_stop(state, task)
    save_stop(state, stop.next)
    save_route(state, vehicle)
    unlink_stop(state.routes, task)
    note_use(state, vehicle, state.routes.routes[vehicle].stops + 1)


cdef void put_on(State* state, int32_t request, const Place* place) noexcept nogil:
    """Put a request from the bank on a route, untested; `refresh` must follow."""
    cdef int32_t first = first_task(state.routes.model, request)
    take_from_bank(state, request)
    link(state, first, place.after)
    if is_pair(state.routes.model, request):
        link(state, first + 1, place.second_after)


cdef void take_off(State* state, int32_t request) noexcept nogil:
    """Take a request off its route into the bank; `refresh` must follow."""
    cdef int32_t first = first_task(state.routes.model, request)
    unlink(state, first)
    if is_pair(state.routes.model, request):
        unlink(state, first + 1)
    add_to_bank(state, request)


cdef bint fits(const State* state, int32_t vehicle) noexcept nogil:
    """Tell whether loads and the number of stops keep their limits."""
    cdef const Route* route = &state.routes.routes[vehicle]
    cdef const Vehicle* owner = state.routes.model.vehicles[vehicle]
    cdef int32_t unit
    if route.stops > owner.max_stops:
        return False
    if state.routes.model.carries:
        return True  # `refresh` tells
    for unit in range(state.routes.model.units):
        if route.load[unit] > owner.capacity[unit]:
            return False
    return True


cdef bint refresh(State* state, int32_t vehicle, int32_t first, int32_t last) noexcept nogil:
    """Bring a route up to date whose links between two stops have changed; return whether it keeps all rules.

    `first` is the last stop before the changes, `last` the first behind them. What `has_room` tells is not
    tested, except on deep routes: what adds to a route asks first. After False, the changes must be undone.
    """
    cdef const Vehicle* owner = state.routes.model.vehicles[vehicle]
    cdef Route* route = &state.routes.routes[vehicle]
    cdef int64_t cost = route.cost
    cdef int32_t stop
    save_route(state, vehicle)
    if owner.is_deep or route.stops == 0:
        stop = start_of(state.routes.model, vehicle)
        while stop >= 0:
            save_stop(state, stop)
            stop = state.routes.stops[stop].next
        if not update_route(state.routes, vehicle):
            return False
    else:
        if not refresh_between(state, vehicle, first, last):
            return False
        set_cost(owner, route, 0)
    state.cost += route.cost - cost
    return True


cdef bint refresh_between(State* state, int32_t vehicle, int32_t first, int32_t last) noexcept nogil:
    """As `refresh`, in passes that end where nothing changes any more."""
    cdef const ModelView* model = state.routes.model
    cdef const Vehicle* owner = model.vehicles[vehicle]
    cdef Route* route = &state.routes.routes[vehicle]
    cdef Stop* stops = state.routes.stops
    cdef int32_t end = end_of(model, vehicle)
    cdef int32_t start = start_of(model, vehicle)
    cdef int32_t stop = first
    cdef int32_t following
    cdef int32_t duration, length
    cdef int64_t service, latest
    cdef bint forced = True  # up to `last`, all is new
    while stop != end:
        following = stops[stop].next
        duration = leg(model, owner.durations, stop, following)
        if forced:
            if duration >= INF:
                return False
            save_stop(state, following)
            length = leg(model, owner.distances, stop, following)
            route.distance += length - stops[following].length
            stops[following].length = length
        service = earliest_service(&model.nodes[following], stops[stop].depart + duration)
        if service >= NEVER:
            return False
        service += model.nodes[following].service
        forced = forced and following != last
        if not forced and stops[following].depart == service:
            break
        save_stop(state, following)
        stops[following].depart = service
        stop = following
    if route.distance > owner.max_distance:
        return False
    stop = last
    forced = True
    while stop != start:
        following = stop
        stop = stops[following].prev
        latest = latest_service(
            &model.nodes[stop],
            stops[following].latest
            - leg(model, owner.durations, stop, following)
            - model.nodes[stop].service,
        )
        forced = forced and stop != first
        if not forced and stops[stop].latest == latest:
            break
        save_stop(state, stop)
        stops[stop].latest = latest
    return True
