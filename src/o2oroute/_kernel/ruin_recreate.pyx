"""Ruin and recreate under simulated annealing.

Christiaens, Vanden Berghe: Slack induction by string removals for vehicle routing problems, Transportation
Science 54, 2020: strings of neighbouring routes are taken out, and put back request by request in their
cheapest places, with blinks; absence counters tell which are hard to place, where vehicles are to be saved.
What differs: a request looks for its place next to its neighbours first; some iterations take out a whole
route; every so often local_search.pyx looks at what was put back. Of a pair both tasks are taken out, and put
back in the best two places of a route.

One iteration changes the current routes in place, and undoes the change from the journal of state.pyx if it
is not accepted; it takes no memory, and its time does not grow with the number of requests, except where one
fits next to none of its neighbours. The best routes are kept as links, of which only those that have
changed are copied. Random numbers alone decide what happens: same seed, same iterations, same routes.

Invariant between iterations: the routes keep all rules, and `state` is exact.
"""

from libc.math cimport log
from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.dtypes cimport INF
from o2oroute._kernel.local_search cimport polish
from o2oroute._kernel.rng cimport below, next_word, unit_random
from o2oroute._kernel.places cimport has_room, insertion_cost, look_at_pair
from o2oroute._kernel.route cimport (
    DIFFERENT_VEHICLES, ModelView, Place, RoutesView, Stop, Vehicle, append_task, clear_route, end_of,
    first_task, is_first_task, is_pair, request_of, start_of, update_route,
)
from o2oroute._kernel.state cimport (
    Mark, State, begin_changes, begin_state, empty_of_kind, put_on, refresh, take_off, undo_to,
)
from o2oroute._kernel.timing cimport NEVER, Node


cdef enum:
    MOST_CALLED = 10  # of the requests on no route, each time
    MOST_COUNTED = 200  # requests on no route whose absences are looked at


cdef void begin_search(Search* search) noexcept nogil:
    """Start from the routes as they are."""
    cdef const ModelView* model = search.state.routes.model
    cdef int32_t i
    begin_state(&search.state)
    search.iterations = search.accepted = search.improved = 0
    search.insists = True
    search.looks = 0
    search.until_blink = search.settings.blink
    for i in range(model.vehicle_count):
        search.seen[i] = 0
    for i in range(model.requests):
        search.absences[i] = 0
    begin_best(search)


cdef void begin_best(Search* search) noexcept nogil:
    """Make the current routes the best, whatever those were."""
    cdef int32_t i
    for i in range(search.state.routes.model.tasks + 2 * search.state.routes.model.vehicle_count):
        search.best_next[i] = search.state.routes.stops[i].next
        search.is_dirty[i] = False
    search.dirty_count = 0
    search.best_importance = search.state.importance_left
    search.best_cost = search.state.cost
    search.best_used = search.state.used
    search.best_bank = search.state.bank_count


cdef void take_best(Search* search) noexcept nogil:
    """Go back to the best routes."""
    cdef const ModelView* model = search.state.routes.model
    cdef int32_t vehicle, stop
    for vehicle in range(model.vehicle_count):
        clear_route(search.state.routes, vehicle)
    for vehicle in range(model.vehicle_count):
        stop = search.best_next[start_of(model, vehicle)]
        while stop != end_of(model, vehicle):
            append_task(search.state.routes, vehicle, stop)
            stop = search.best_next[stop]
        update_route(search.state.routes, vehicle)
    begin_state(&search.state)


cdef void keep_best(Search* search) noexcept nogil:
    """Make the current routes the best."""
    cdef int32_t i, number
    for i in range(search.dirty_count):
        number = search.dirty[i]
        search.best_next[number] = search.state.routes.stops[number].next
        search.is_dirty[number] = False
    search.dirty_count = 0
    search.best_importance = search.state.importance_left
    search.best_cost = search.state.cost
    search.best_used = search.state.used
    search.best_bank = search.state.bank_count
    search.improved += 1


# ---- ruin

cdef inline bint is_touched(const Search* search, int32_t vehicle) noexcept nogil:
    cdef int32_t i
    for i in range(search.touched_count):
        if search.touched[i] == vehicle:
            return True
    return False


cdef void remove(Search* search, int32_t request) noexcept nogil:
    search.removed[search.removed_count] = request
    search.removed_count += 1
    take_off(&search.state, request)
    if search.state.routes.model.tie_first != NULL:
        remove_bound(search, request)


cdef void remove_bound(Search* search, int32_t request) noexcept nogil:
    """Take out, now and then, all that must ride with a request: else they would keep it on their vehicle."""
    cdef const ModelView* model = search.state.routes.model
    cdef int32_t first = first_task(model, request)
    cdef int32_t i, k, relation, other
    for i in range(model.tie_first[first], model.tie_first[first + 1 + is_pair(model, request)]):
        relation = model.tie_relation[i]
        if model.relation_kind[relation] == DIFFERENT_VEHICLES or below(&search.rng, 2) == 0:
            continue
        for k in range(model.relation_first[relation], model.relation_first[relation + 1]):
            other = model.relation_task[k]
            if other < model.tasks and search.state.routes.stops[other].vehicle >= 0:
                remove(search, request_of(model, other))


cdef inline void touch(Search* search, int32_t vehicle) noexcept nogil:
    search.touched[search.touched_count] = vehicle
    search.touched_count += 1


cdef bint remove_string(Search* search, int32_t task, int32_t length) noexcept nogil:
    """Take out a string of so many tasks around one, sometimes one that keeps tasks in its middle.

    Of a pair in it, the other task goes as well, wherever it is.
    """
    cdef const ModelView* model = search.state.routes.model
    cdef const Stop* stops = search.state.routes.stops
    cdef int32_t vehicle = stops[task].vehicle
    cdef int32_t kept = 0
    cdef int32_t route_length = search.state.routes.routes[vehicle].stops
    cdef int32_t back = 0
    cdef int32_t ahead = 0
    cdef int32_t first = task
    cdef int32_t count = 0
    cdef int32_t stop, offset, kept_from, i, edge, _
    if length > 1 and length < route_length and unit_random(&search.rng) <= search.settings.split:
        kept = 1
        while length + kept < route_length and unit_random(&search.rng) <= 0.01:
            kept += 1
    cdef int32_t span = length + kept
    # how far the string may reach to both sides
    stop = stops[task].prev
    while back < span - 1 and stop < model.tasks:
        back += 1
        stop = stops[stop].prev
    stop = stops[task].next
    while ahead < span - 1 and stop < model.tasks:
        ahead += 1
        stop = stops[stop].next
    offset = span - 1 - ahead
    offset += <int32_t> below(&search.rng, back - offset + 1)
    for _ in range(offset):
        first = stops[first].prev
    kept_from = span if kept == 0 else 1 + <int32_t> below(&search.rng, length - 1)
    edge = stops[first].prev
    stop = first
    for i in range(span):
        if i < kept_from or i >= kept_from + kept:
            search.keys[count] = stop
            count += 1
        stop = stops[stop].next
    for i in range(count):
        if stops[search.keys[i]].vehicle >= 0:
            remove(search, request_of(model, search.keys[i]))
    touch(search, vehicle)
    return refresh(&search.state, vehicle, edge, stop)


cdef bint remove_strings(Search* search) noexcept nogil:
    """Take strings out of routes that are close to a random task."""
    cdef const Stop* stops = search.state.routes.stops
    cdef State* state = &search.state
    cdef double longest, most_strings
    cdef int32_t seed, strings, i, task, vehicle, length
    if state.used == 0:
        return True
    longest = <double> (search.planned_count - state.bank_tasks) / state.used
    if longest > search.settings.longest_string:
        longest = search.settings.longest_string
    most_strings = 4 * search.settings.mean_removed / (1 + longest) - 1
    strings = <int32_t> (unit_random(&search.rng) * most_strings) + 1
    if state.bank_count > 0 and below(&search.rng, 4) == 0:
        seed = first_task(state.routes.model, state.bank[below(&search.rng, state.bank_count)])
    else:
        seed = search.planned[below(&search.rng, search.planned_count)]
    cdef const int32_t* around = &search.around[<int64_t> seed * search.wide]
    for i in range(search.wide):
        task = around[i]
        if task < 0 or search.touched_count >= strings:
            break
        vehicle = stops[task].vehicle
        if vehicle < 0 or is_touched(search, vehicle):
            continue
        length = <int32_t> longest
        if length > state.routes.routes[vehicle].stops:
            length = state.routes.routes[vehicle].stops
        length = 1 + <int32_t> below(&search.rng, length)
        if not remove_string(search, task, length):
            return False
    return True


cdef bint remove_route(Search* search, int32_t vehicle) noexcept nogil:
    cdef const Stop* stops = search.state.routes.stops
    cdef int32_t start = start_of(search.state.routes.model, vehicle)
    cdef int32_t end = end_of(search.state.routes.model, vehicle)
    while stops[start].next != end:
        remove(search, request_of(search.state.routes.model, stops[start].next))
    touch(search, vehicle)
    return refresh(&search.state, vehicle, start, end)


cdef int32_t small_route(Search* search) noexcept nogil:
    """Return the smaller of two random routes."""
    cdef State* state = &search.state
    cdef int32_t best = -1
    cdef int32_t _, vehicle
    for _ in range(2):
        vehicle = state.routes.stops[search.planned[below(&search.rng, search.planned_count)]].vehicle
        if vehicle >= 0 and (
            best < 0 or state.routes.routes[vehicle].stops < state.routes.routes[best].stops
        ):
            best = vehicle
    return best


cdef bint ruin(Search* search) noexcept nogil:
    cdef int32_t vehicle
    if unit_random(&search.rng) <= search.settings.route_ruins:
        vehicle = small_route(search)
        if vehicle >= 0 and search.state.routes.routes[vehicle].stops <= 5 * search.settings.mean_removed:
            return remove_route(search, vehicle)
    return remove_strings(search)


# ---- recreate

cdef inline bint blinks(Search* search) noexcept nogil:
    search.until_blink -= 1
    if search.until_blink > 0:
        return False
    search.until_blink = 1 + <int32_t> below(&search.rng, 2 * search.settings.blink)
    return True


cdef inline void look_behind(
    Search* search, int32_t vehicle, int32_t task, int32_t after, Place* best
) noexcept nogil:
    """Let a place become the best of a single task; the legs are read from the task's own rows."""
    cdef const RoutesView* view = search.state.routes
    cdef const ModelView* model = view.model
    cdef const Vehicle* owner = model.vehicles[vehicle]
    cdef const Node* node = &model.nodes[task]
    cdef const Stop* tail = &view.stops[after]
    cdef int32_t before = tail.next
    cdef const Stop* head = &view.stops[before]
    cdef int64_t row = node.point * model.points
    cdef int32_t tail_point, head_point
    cdef Place place
    if tail.depart > node.window[node.windows - 1].close:
        return
    # set-up that is spared would leave more time
    if model.place == NULL and head.latest < node.window[0].open + node.service:
        return
    if blinks(search):
        return
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


# ---- annealing

cdef int64_t sum_of_absences(const Search* search) noexcept nogil:
    cdef const State* state = &search.state
    cdef int64_t total = 0
    cdef int32_t i
    for i in range(state.bank_count):
        total += search.absences[state.bank[i]] * state.importance[state.bank[i]]
    return total


cdef bint is_acceptable(Search* search, const Mark* before, int64_t absences) noexcept nogil:
    """Decide whether to go on from the routes as they are now."""
    cdef const State* state = &search.state
    if state.importance_left < before.importance:
        return True
    if absences >= 0 and sum_of_absences(search) < absences:
        return True
    if state.importance_left > before.importance:
        return False
    return state.cost < before.cost - search.temperature * log(unit_random(&search.rng))


cdef void note_absences(Search* search) noexcept nogil:
    cdef int32_t i
    for i in range(search.state.bank_count):
        search.absences[search.state.bank[i]] += 1


cdef void note_changes(Search* search) noexcept nogil:
    """Remember which links may differ from those of the best routes."""
    cdef const State* state = &search.state
    cdef int64_t i
    cdef int32_t number
    for i in range(state.stop_count):
        number = state.saved_stops[i].number
        if not search.is_dirty[number]:
            search.is_dirty[number] = True
            search.dirty[search.dirty_count] = number
            search.dirty_count += 1


cdef void iterate(Search* search) noexcept nogil:
    cdef State* state = &search.state
    cdef Mark before
    cdef int64_t absences = -1
    state.stop_count = state.route_count = 0
    before = begin_changes(state)
    # with few mandatory requests left over, those that are hard to place go first
    if search.insists and 0 < state.importance_left and state.bank_count <= MOST_COUNTED:
        absences = sum_of_absences(search)
    call_left_over(search)
    search.touched_count = 0
    if not ruin(search) or not recreate(search):
        undo_to(state, &before)
        return
    if unit_random(&search.rng) <= search.settings.polish:
        polish(search)
    if state.bank_count <= MOST_COUNTED:
        note_absences(search)
    if not is_acceptable(search, &before, absences):
        undo_to(state, &before)
        return
    search.accepted += 1
    note_changes(search)
    if state.importance_left < search.best_importance or (
        state.importance_left == search.best_importance and state.cost < search.best_cost
    ):
        keep_best(search)


cdef void search_on(Search* search, int64_t iterations) noexcept nogil:
    """Do so many iterations."""
    cdef int64_t _
    for _ in range(iterations):
        iterate(search)
    search.iterations += iterations


cdef void empty_a_route(Search* search) noexcept nogil:
    """Empty the route whose requests have been left over least, and open no other instead.

    To be called on the best routes, when they serve all; `best_importance` then says what is left over.
    """
    cdef State* state = &search.state
    cdef const Stop* stops = state.routes.stops
    cdef const ModelView* model = state.routes.model
    cdef int32_t vehicle, stop, request
    cdef int32_t best = -1
    cdef int64_t total
    cdef int64_t least = 0
    for vehicle in range(state.routes.model.vehicle_count):
        if state.routes.routes[vehicle].stops == 0:
            continue
        total = 0
        stop = stops[start_of(state.routes.model, vehicle)].next
        while stop != end_of(state.routes.model, vehicle):
            if is_first_task(model, stop):
                request = request_of(model, stop)
                total += search.absences[request] * state.importance[request]
            stop = stops[stop].next
        if best < 0 or total < least:
            best = vehicle
            least = total
    if best < 0:
        return
    state.stop_count = state.route_count = 0
    begin_changes(state)
    search.vehicle_limit = state.used - 1
    search.removed_count = search.touched_count = 0
    remove_route(search, best)
    note_changes(search)
    keep_best(search)
