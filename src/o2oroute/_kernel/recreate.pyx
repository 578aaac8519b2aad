"""Recreate: putting requests back one by one, each in its cheapest place, with blinks.

Christiaens, Vanden Berghe: Slack induction by string removals for vehicle routing problems, Transportation
Science 54, 2020, section 4.2. What differs: a request looks for its place next to its neighbours first. A
pair goes to the best two places of a route.
"""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.dtypes cimport INF
from o2oroute._kernel.places cimport has_room, insertion_cost, look_at_pair
from o2oroute._kernel.rng cimport below, next_word, unit_random
from o2oroute._kernel.route cimport (
    ModelView, Place, RoutesView, Stop, Vehicle, end_of, first_task, is_pair, start_of,
)
from o2oroute._kernel.ruin_recreate cimport is_touched, touch
from o2oroute._kernel.state cimport State, empty_of_kind, put_on, refresh
from o2oroute._kernel.timing cimport NEVER, Node


cdef enum:
    MOST_CALLED = 10  # of the requests on no route, each time


cdef inline bint blinks(Search* search) noexcept nogil:
    search.until_blink -= 1
    if search.until_blink > 0:
        return False
    search.until_blink = 1 + <int32_t> below(&search.rng, 2 * search.settings.blink)
    return True


cdef inline void look_behind(
    Search* search, int32_t vehicle, int32_t task, int32_t after, Place* best
) noexcept nogil:
    """Let a place become the best of a single task, unless windows tell at once that it cannot."""
    cdef const RoutesView* view = search.state.routes
    cdef const Node* node = &view.model.nodes[task]
    cdef const Stop* tail = &view.stops[after]
    if tail.depart > node.window[node.windows - 1].close:
        return
    # set-up that is spared would leave more time
    if view.model.place == NULL and view.stops[tail.next].latest < node.window[0].open + node.service:
        return
    if not blinks(search):
        weigh_place(view, vehicle, task, after, best)


cdef void weigh_place(
    const RoutesView* view, int32_t vehicle, int32_t task, int32_t after, Place* best
) noexcept nogil:
    """Let a place become the best of a single task; the legs are read from the task's own rows."""
    cdef const ModelView* model = view.model
    cdef const Vehicle* owner = model.vehicles[vehicle]
    cdef const Node* node = &model.nodes[task]
    cdef int32_t before = view.stops[after].next
    cdef const Stop* head = &view.stops[before]
    cdef int64_t row = node.point * model.points
    cdef int32_t tail_point, head_point
    cdef Place place
    tail_point = model.nodes[after].point
    head_point = model.nodes[before].point
    place.after = after
    place.second_after = -1
    place.leg_in = 0 if tail_point < 0 else owner.durations_to[row + tail_point]
    place.leg_out = 0 if head_point < 0 else owner.durations[row + head_point]
    if place.leg_in >= INF or place.leg_out >= INF:
        return
    if owner.distances == owner.durations and owner.distances_to == owner.durations_to:
        place.extra_length = place.leg_in + place.leg_out - head.length
    else:
        place.extra_length = (
            (0 if tail_point < 0 else owner.distances_to[row + tail_point])
            + (0 if head_point < 0 else owner.distances[row + head_point])
            - head.length
        )
    place.cost = insertion_cost(view, vehicle, task, &place, best.cost)
    if place.cost < best.cost:
        best[0] = place


cdef inline void look_at_pickup(
    Search* search, int32_t vehicle, int32_t request, int32_t after, Place* best
) noexcept nogil:
    """Let the places of a pair with its pickup behind a stop become the best."""
    if not blinks(search):
        look_at_pair(search.state.routes, vehicle, request, after, True, best)


cdef void look_along(Search* search, int32_t vehicle, int32_t request, Place* best) noexcept nogil:
    """Look at all places of a route."""
    cdef const ModelView* model = search.state.routes.model
    cdef const Stop* stops = search.state.routes.stops
    cdef const Node* node = &model.nodes[first_task(model, request)]
    cdef int64_t close = node.window[node.windows - 1].close
    cdef int32_t end = end_of(model, vehicle)
    cdef int32_t stop = start_of(model, vehicle)
    if not has_room(search.state.routes, vehicle, request):
        return
    while stop != end and stops[stop].depart <= close:
        if is_pair(model, request):
            look_at_pickup(search, vehicle, request, stop, best)
        else:
            look_behind(search, vehicle, request, stop, best)
        stop = stops[stop].next


cdef void look_along_close(Search* search, int32_t request, int32_t task, Place* best) noexcept nogil:
    """Look along the routes of the tasks that are closest to one of a request."""
    cdef const Stop* stops = search.state.routes.stops
    cdef const int32_t* row = &search.around[<int64_t> task * search.wide]
    cdef int32_t i, vehicle
    for i in range(1, min(search.settings.close + 1, search.wide)):
        if row[i] < 0:
            break
        vehicle = stops[row[i]].vehicle
        if vehicle >= 0 and search.seen[vehicle] != search.looks:
            search.seen[vehicle] = search.looks
            look_along(search, vehicle, request, best)


cdef void look_near(Search* search, int32_t request, Place* best) noexcept nogil:
    """Look at the places next to the request's neighbours, or along the routes of the closest."""
    cdef const ModelView* model = search.state.routes.model
    cdef const Stop* stops = search.state.routes.stops
    cdef int32_t first = first_task(model, request)
    cdef bint in_pair = is_pair(model, request)
    cdef const int32_t* row
    cdef int32_t i, vehicle, served
    search.looks += 1
    served = search.planned_count - search.state.bank_tasks
    if served <= search.settings.short_route * search.state.used:
        look_along_close(search, request, first, best)
        if in_pair:
            look_along_close(search, request, first + 1, best)
        return
    row = &search.before[<int64_t> first * search.near]
    for i in range(search.near):
        if row[i] < 0:
            break
        vehicle = stops[row[i]].vehicle
        if vehicle >= 0 and has_room(search.state.routes, vehicle, request):
            if in_pair:
                look_at_pickup(search, vehicle, request, row[i], best)
            else:
                look_behind(search, vehicle, request, row[i], best)
    row = &search.behind[<int64_t> first * search.near]
    for i in range(search.near):
        if row[i] < 0:
            break
        vehicle = stops[row[i]].vehicle
        if vehicle >= 0 and has_room(search.state.routes, vehicle, request):
            if in_pair:
                look_at_pickup(search, vehicle, request, stops[row[i]].prev, best)
            else:
                look_behind(search, vehicle, request, stops[row[i]].prev, best)


cdef void look_at_empty(Search* search, int32_t request, Place* best) noexcept nogil:
    """Look at an empty vehicle of each kind."""
    cdef int32_t kind, vehicle
    if search.state.used >= search.vehicle_limit:
        return
    for kind in range(search.state.kinds):
        vehicle = empty_of_kind(&search.state, kind)
        if vehicle >= 0:
            look_along(search, vehicle, request, best)


cdef void look_everywhere(Search* search, int32_t request, Place* best) noexcept nogil:
    """Look at all routes in use."""
    cdef const State* state = &search.state
    cdef int32_t kind, i
    for kind in range(state.kinds):
        for i in range(state.kind_first[kind], state.kind_first[kind] + state.kind_used[kind]):
            look_along(search, state.by_kind[i], request, best)


cdef bint insert_best(Search* search, int32_t request, bint opens, bint thorough) noexcept nogil:
    """Put a request in the best place that is found, if it is worth it; return False if that broke a rule."""
    cdef State* state = &search.state
    cdef Place best
    cdef int32_t vehicle, before
    # an optional request is worth its prize; a mandatory one any cost
    best.cost = NEVER if state.importance[request] > 0 else state.prize[request] + 1
    best.after = -1
    look_near(search, request, &best)
    if opens:
        look_at_empty(search, request, &best)
    if best.after < 0 and thorough:
        look_everywhere(search, request, &best)
    if best.after < 0 and not opens:
        look_at_empty(search, request, &best)
    if best.after < 0:
        return True
    before = state.routes.stops[best.after].next
    vehicle = state.routes.stops[best.after].vehicle
    put_on(state, request, &best)
    if not is_touched(search, vehicle):
        touch(search, vehicle)
    return refresh(state, vehicle, best.after, before)


cdef void sort_removed(Search* search) noexcept nogil:
    """Bring the requests that wait into the order in which they are put back."""
    cdef int32_t choice = <int32_t> below(&search.rng, 17)
    cdef int32_t i, place, request, key
    cdef const int32_t* ranks = NULL
    # weights: chance 4, load 4, far 2, close 1, and for windows: length 2, opening 2, closing 2
    if choice >= 4:
        choice = 0 if choice < 8 else 1 if choice < 10 else 2 if choice < 11 else 3 + (choice - 11) // 2
        ranks = &search.ranks[<int64_t> choice * search.state.routes.model.requests]
    for i in range(search.removed_count):
        request = search.removed[i]
        key = <int32_t> (next_word(&search.rng) >> 34) if ranks == NULL else ranks[request]
        place = i
        while place > 0 and search.keys[place - 1] > key:
            search.keys[place] = search.keys[place - 1]
            search.removed[place] = search.removed[place - 1]
            place -= 1
        search.keys[place] = key
        search.removed[place] = request


cdef void call_left_over(Search* search) noexcept nogil:
    """Let requests that are on no route wait for a place: all, or some by chance."""
    cdef const State* state = &search.state
    cdef int32_t _, i, j, request
    search.removed_count = 0
    if state.bank_count <= MOST_CALLED:
        for i in range(state.bank_count):
            search.removed[i] = state.bank[i]
        search.removed_count = state.bank_count
        return
    for _ in range(MOST_CALLED):
        request = state.bank[below(&search.rng, state.bank_count)]
        j = 0
        while j < search.removed_count and search.removed[j] != request:
            j += 1
        search.removed[j] = request
        if j == search.removed_count:
            search.removed_count += 1


cdef bint recreate(Search* search) noexcept nogil:
    """Put waiting requests back; return False if that broke a rule, which odd travel times can do."""
    cdef bint opens = unit_random(&search.rng) <= search.settings.opening
    cdef bint thorough = below(&search.rng, 16) == 0
    cdef const ModelView* model = search.state.routes.model
    cdef int32_t i, request
    sort_removed(search)
    for i in range(search.removed_count):
        request = search.removed[i]
        # what was on a route until now is in the journal
        if not insert_best(
            search, request, opens,
            thorough or search.state.stop_epoch[first_task(model, request)] == search.state.epoch,
        ):
            return False
    return True
