"""Ruin and recreate under simulated annealing.

Christiaens, Vanden Berghe: Slack induction by string removals for vehicle routing problems, Transportation
Science 54, 2020: ruin.pyx takes strings of neighbouring routes out, recreate.pyx puts them back; absence
counters tell which requests are hard to place, where vehicles are to be saved. What differs: every so often
local_search.pyx looks at what was put back.

One iteration changes the current routes in place, and undoes the change from the journal of state.pyx if it
is not accepted; it takes no memory, and its time does not grow with the number of requests, except where one
fits next to none of its neighbours. The best routes are kept as links, of which only those that have
changed are copied. Random numbers alone decide what happens: same seed, same iterations, same routes.

Invariant between iterations: the routes keep all rules, and `state` is exact.
"""

from libc.math cimport log
from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.local_search cimport polish
from o2oroute._kernel.recreate cimport call_left_over, recreate
from o2oroute._kernel.rng cimport unit_random
from o2oroute._kernel.route cimport (
    ModelView, Stop, append_task, clear_route, end_of, is_first_task, request_of, start_of, update_route,
)
from o2oroute._kernel.ruin cimport remove_route, ruin
from o2oroute._kernel.state cimport Mark, State, begin_changes, begin_state, undo_to


cdef enum:
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
