"""What time costs on a route with breaks, overtime or soft windows: the cheapest schedule of its line.

Curves (curve.pyx) are carried along the line, one for each number of breaks that have been taken. A break
may interrupt a leg at any moment: the stop behind it is reached when the break is over, and when there was
time for the leg and all its breaks, whichever is later; so the dearer of the two curves counts. Breaks are
taken in their order; the first of them may fall before the start of the route, the last behind its end, where
they are dispensable.

What duty costs bends upwards where overtime begins, and is limited. Each rate of a tick that lies between the
slopes gives a lower bound of the cost (Lagrange); costs are whole numbers, and the best rate is one, too, for
the schedule is the dual of a flow whose capacities are the costs of moments. So a search over rates finds the
cost exactly, if each node has one window and there are no breaks. Else there may be a gap, and the cheapest
schedule that was met counts: the clock may find a cheaper one, never none.
"""

from libc.stdint cimport int32_t, int64_t, uint64_t

from o2oroute._kernel.curve cimport (
    Curve, Piece, Service, begin_curve, choose, copy_curve, exchange, serve, shift,
)
from o2oroute._kernel.plain_trips cimport is_plain, run_plain_trips
from o2oroute._kernel.rides cimport bound_rides, find_rides, shortest_with_rides
from o2oroute._kernel.route cimport Day, ModelView, Pause, RoutesView, Vehicle
from o2oroute._kernel.trips cimport run_trips
from o2oroute._kernel.timing cimport NEVER

cdef inline int64_t opens(const Pause* pause) noexcept nogil:
    return pause.window[0].open


cdef inline int64_t closes(const Pause* pause) noexcept nogil:
    return pause.window[pause.windows - 1].close


cdef bint is_light(const Sweep* sweep, const Pause* pause, int32_t position) noexcept nogil:
    """Tell whether no more is on board behind a node of the line than a break allows."""
    cdef const ModelView* model = sweep.view.model
    cdef int64_t load
    cdef int32_t unit, i, task
    for unit in range(model.units):
        if pause.max_load[unit] >= NEVER:
            continue
        load = 0
        for i in range(1, sweep.count - 1):
            task = sweep.view.line[i]
            load += model.delivery[<int64_t> task * model.units + unit]
            if i <= position:
                load += model.change[<int64_t> task * model.units + unit]
        if load > pause.max_load[unit]:
            return False
    return True


cdef inline void let_through(Curve* curve, Curve* target, Curve* spare) noexcept nogil:
    """Let a target be reached by a curve as well."""
    if target.count == 0:
        copy_curve(curve, target)
    else:
        choose(curve, target, False, spare)
        exchange(spare, target)


cdef void drive(const Sweep* sweep, int32_t position, int32_t slot, int64_t leg) noexcept nogil:
    """Go on from a node of the line over a leg, with any of the breaks that are left on the way.

    `slot` is the leg's number in `may_pause`.
    """
    cdef const Day* day = sweep.owner.day
    cdef Curve* curves = sweep.view.curves
    cdef const Pause* pause
    cdef Service service
    cdef int32_t taken, k
    for taken in range(day.pause_count + 1):
        later(sweep, taken).count = 0
    for taken in range(day.pause_count + 1):
        if now(sweep, taken).count == 0:
            continue
        copy_curve(now(sweep, taken), &curves[DUE])
        shift(&curves[DUE], leg, sweep.rate)
        let_through(&curves[DUE], later(sweep, taken), &curves[SPARE])
        if taken < day.pause_count:
            copy_curve(now(sweep, taken), &curves[MOVED])
        for k in range(taken, day.pause_count):
            pause = &day.pauses[k]
            if sweep.view.may_pause != NULL and not sweep.view.may_pause[slot] >> k & 1:
                break
            if not is_light(sweep, pause, position):
                break
            service.window, service.windows = pause.window, pause.windows
            service.earliest, service.latest = -NEVER, NEVER
            service.term, service.terms = NULL, 0
            serve(&curves[MOVED], &service, sweep.rate, &curves[SPARE])
            exchange(&curves[MOVED], &curves[SPARE])
            if curves[MOVED].count == 0:
                break
            shift(&curves[MOVED], pause.duration, sweep.rate)
            shift(&curves[DUE], pause.duration, sweep.rate)
            choose(&curves[MOVED], &curves[DUE], True, &curves[SPARE])
            let_through(&curves[SPARE], later(sweep, k + 1), &curves[EXTRA])


cdef void finish(Sweep* sweep, int32_t skipped, int32_t taken) noexcept nogil:
    """Let the best end with so many breaks become the best of all."""
    cdef const Day* day = sweep.owner.day
    cdef const Curve* curve = now(sweep, taken)
    cdef const Piece* piece
    cdef int64_t unpaid = 0
    cdef int64_t value, offset
    cdef int32_t k
    for k in range(skipped, taken):
        if not day.pauses[k].is_paid:
            unpaid += day.pauses[k].duration
    for k in range(curve.count):
        piece = &curve.pieces[k]
        offset = 0
        if piece.slope < 0:
            offset = curve.pieces[k + 1].begin - 1 - piece.begin
        value = piece.value + piece.slope * offset - sweep.rate * unpaid
        if value < sweep.value:
            sweep.value = value
            sweep.end = piece.begin + offset
            sweep.duty = sweep.end - piece.start - piece.moves * offset
            sweep.paid = sweep.duty - unpaid


cdef void arrive(Sweep* sweep, const Service* service, int64_t stay) noexcept nogil:
    """Serve where the legs have led to."""
    cdef int32_t taken
    for taken in range(sweep.owner.day.pause_count + 1):
        serve(later(sweep, taken), service, sweep.rate, now(sweep, taken))
        shift(now(sweep, taken), stay, sweep.rate)


cdef void arrive_at_end(Sweep* sweep, int32_t skipped) noexcept nogil:
    """End the route where the legs have led to, if breaks that are left may fall behind."""
    cdef const Day* day = sweep.owner.day
    cdef Service service = service_at(sweep, sweep.count - 1)
    cdef int32_t taken
    for taken in range(day.pause_count, skipped - 1, -1):
        if taken < day.pause_count:
            if not day.pauses[taken].is_dispensable:
                return
            service.latest = min(service.latest, closes(&day.pauses[taken]))
        serve(later(sweep, taken), &service, sweep.rate, now(sweep, taken))
        finish(sweep, skipped, taken)


cdef void start(Sweep* sweep, int32_t skipped, int64_t release) noexcept nogil:
    """Begin a route at `release` or later, when some breaks are over that its driver has had before."""
    cdef const Day* day = sweep.owner.day
    cdef Service service = service_at(sweep, 0)
    cdef int32_t k
    service.earliest = max(service.earliest, release)
    for k in range(skipped):
        service.earliest = max(service.earliest, opens(&day.pauses[k]) + day.pauses[k].duration)
    for k in range(day.pause_count + 1):
        now(sweep, k).count = 0
    begin_curve(now(sweep, skipped), &service, sweep.rate)


cdef void run(Sweep* sweep, int64_t rate) noexcept nogil:
    """Find the cheapest schedule where each paid tick costs so much."""
    cdef const RoutesView* view = sweep.view
    cdef const Day* day = sweep.owner.day
    cdef Service service
    cdef int32_t skipped, position
    sweep.rate = rate
    sweep.value = NEVER
    for skipped in range(day.pause_count + 1):
        if skipped > 0 and not day.pauses[skipped - 1].is_dispensable:
            return
        if day.reload_count > 0:
            if is_plain(sweep):
                run_plain_trips(sweep)
            else:
                run_trips(sweep, skipped)
            continue
        start(sweep, skipped, sweep.release)
        for position in range(sweep.count - 2):
            drive(sweep, position, position, view.legs[position])
            service = service_at(sweep, position + 1)
            arrive(sweep, &service, view.stays[position + 1])
        drive(sweep, sweep.count - 2, sweep.count - 2, view.legs[sweep.count - 2])
        arrive_at_end(sweep, skipped)


cdef inline int64_t cost_of_duty(const Vehicle* owner, int64_t paid) noexcept nogil:
    return owner.per_tick * paid + owner.day.overtime * max(paid - owner.day.ordinary, 0)


cdef bint is_convex(const Sweep* sweep) noexcept nogil:
    """Tell whether the search over rates has no gap."""
    cdef int32_t i
    if sweep.owner.day.pause_count > 0 or sweep.owner.day.reload_count > 0:
        return False
    for i in range(sweep.count):
        if sweep.owner.nodes[sweep.view.line[i]].windows > 1:
            return False
    return True


cdef int64_t steepest(const Sweep* sweep) noexcept nogil:
    """Return a rate at which duty is as short as it can be."""
    cdef const ModelView* model = sweep.view.model
    cdef int64_t rate = 1 + sweep.owner.per_tick + sweep.owner.day.overtime
    cdef int32_t i, k, task
    if model.soft_first != NULL:
        for i in range(1, sweep.count - 1):
            task = sweep.view.line[i]
            for k in range(model.soft_first[task], model.soft_first[task + 1]):
                rate += model.soft[k].before + model.soft[k].after
    return rate


# the cheapest schedule that was met, and the greatest lower bound of all
cdef struct Found:
    int64_t cost
    int64_t bound
    Outcome outcome


cdef void look(Sweep* sweep, int64_t rate, int64_t limit, Found* found) noexcept nogil:
    """Try a rate; `limit` is the paid duty at which the cost of duty bends."""
    cdef int64_t cost
    run(sweep, rate)
    if sweep.value >= NEVER:
        return
    cost = sweep.value - rate * sweep.paid + cost_of_duty(sweep.owner, sweep.paid)
    if sweep.duty <= sweep.owner.max_duty and cost < found.cost:
        found.cost = cost
        found.outcome.duty, found.outcome.end = sweep.duty, sweep.end
    if limit < NEVER:
        found.bound = max(
            found.bound, sweep.value - rate * limit + cost_of_duty(sweep.owner, limit)
        )


cdef int64_t swept_cost(Sweep* sweep, Outcome* outcome) noexcept nogil:
    """As `day_cost`, within the bounds of a sweep."""
    cdef const Vehicle* owner = sweep.owner
    cdef const Day* day = owner.day
    cdef Found found
    cdef int64_t low = owner.per_tick
    cdef int64_t high, limit, rate
    found.cost, found.bound = NEVER, -NEVER
    look(sweep, low, NEVER, &found)
    outcome[0] = found.outcome
    if sweep.value >= NEVER or (sweep.paid <= day.ordinary and sweep.duty <= owner.max_duty):
        return found.cost
    # the cheapest duty is too long, or in overtime
    found.bound = sweep.value
    sweep.limit = NEVER  # at other rates costs are other ones
    high = low + day.overtime
    limit = min(day.ordinary, owner.max_duty)
    if limit == day.ordinary and day.overtime > 0:
        look(sweep, high, limit, &found)
        if sweep.paid >= limit and sweep.duty <= owner.max_duty:
            outcome[0] = found.outcome
            return found.cost
        if sweep.paid >= limit:
            low, limit = high, owner.max_duty
    if limit == owner.max_duty:
        high = steepest(sweep)
        look(sweep, high, limit, &found)
        if sweep.duty > owner.max_duty:
            outcome[0] = found.outcome
            return found.cost
    while high - low > 1 and found.bound < found.cost:
        rate = low + (high - low) // 2
        look(sweep, rate, limit, &found)
        if (sweep.duty > owner.max_duty) if limit == owner.max_duty else (sweep.paid > limit):
            low = rate
        else:
            high = rate
    outcome[0] = found.outcome
    return found.bound if is_convex(sweep) else found.cost


cdef bint has_costly_moments(const Sweep* sweep) noexcept nogil:
    """Tell whether moments on the line cost anything."""
    cdef const ModelView* model = sweep.view.model
    cdef int32_t i
    if model.soft_first != NULL:
        for i in range(1, sweep.count - 1):
            if model.soft_first[sweep.view.line[i]] < model.soft_first[sweep.view.line[i] + 1]:
                return True
    return False


cdef int64_t cost_with_rides(Sweep* sweep, Outcome* outcome) noexcept nogil:
    """As `day_cost`, where rides may last so long.

    Where moments cost, services are bounded around two schedules that keep the rides, which may leave out the
    cheapest one.
    """
    cdef int64_t* soonest = sweep.view.schedules
    cdef int64_t* latest = soonest + sweep.count
    cdef Outcome other
    cdef int64_t cost, best
    if not shortest_with_rides(sweep, &outcome.duty, &outcome.end, soonest, latest):
        return NEVER
    if outcome.duty > sweep.owner.max_duty:
        return NEVER
    if not has_costly_moments(sweep):
        return cost_of_duty(sweep.owner, outcome.duty)
    sweep.is_bounded = True
    bound_rides(sweep, latest)
    best = swept_cost(sweep, outcome)
    bound_rides(sweep, soonest)
    cost = swept_cost(sweep, &other)
    if cost < best:
        best = cost
        outcome[0] = other
    return best


cdef int64_t day_cost(
    const RoutesView* view, int32_t vehicle, int32_t count, int64_t release, int64_t limit, Outcome* outcome
) noexcept nogil:
    """Return the cost of duty, moments and detours on the line; NEVER if no schedule keeps the rules.

    `outcome` is that of the schedule. What costs `limit` or more may be NEVER, too.
    """
    cdef Sweep sweep
    sweep.view, sweep.owner = view, view.model.vehicles[vehicle]
    sweep.count, sweep.release, sweep.is_bounded = count, release, False
    sweep.limit = limit
    if view.model.max_ride != NULL and find_rides(&sweep):
        return cost_with_rides(&sweep, outcome)
    return swept_cost(&sweep, outcome)


cdef inline uint64_t all_of(const Day* day, int32_t count, int32_t slot) noexcept nogil:
    """Return the bits of all breaks, or all depots, that may lie on a leg."""
    return (<uint64_t> 1 << (day.pause_count if slot < 2 * count else day.reload_count)) - 1


cdef void strip(
    const RoutesView* limited, int32_t vehicle, int32_t count, int64_t release, uint64_t* masks,
    int32_t first, int32_t last, int64_t* least,
) noexcept nogil:
    """Take all from some legs that it costs nothing to be without: at once, or in halves, or one by one."""
    cdef const Day* day = limited.model.vehicles[vehicle].day
    cdef Outcome outcome
    cdef int64_t cost
    cdef int32_t i, k
    for i in range(first, last):
        masks[i] = 0
    cost = day_cost(limited, vehicle, count, release, NEVER, &outcome)
    if cost <= least[0]:
        least[0] = cost
        return
    for i in range(first, last):
        masks[i] = all_of(day, count, i)
    if last - first > 1:
        strip(limited, vehicle, count, release, masks, first, (first + last) // 2, least)
        strip(limited, vehicle, count, release, masks, (first + last) // 2, last, least)
        return
    for k in range(64):
        if masks[first] >> k & 1:
            masks[first] ^= <uint64_t> 1 << k
            cost = day_cost(limited, vehicle, count, release, NEVER, &outcome)
            if cost <= least[0]:
                least[0] = cost
            else:
                masks[first] ^= <uint64_t> 1 << k


cdef void place_visits(
    const RoutesView* view, int32_t vehicle, int32_t count, int64_t release, uint64_t* masks
) noexcept nogil:
    """Find out where breaks and reloads lie: of all that may be on a leg, keep what it costs to be without.

    `masks` has three times as many items as the line has nodes: breaks on legs from its nodes, breaks on legs
    from depots to the nodes behind them, and depots behind its nodes.
    """
    cdef RoutesView limited = view[0]
    cdef Outcome outcome
    cdef int64_t least
    cdef int32_t i
    limited.may_pause, limited.may_reload = masks, masks + 2 * count
    for i in range(3 * count):
        masks[i] = all_of(view.model.vehicles[vehicle].day, count, i)
    least = day_cost(&limited, vehicle, count, release, NEVER, &outcome)
    strip(&limited, vehicle, count, release, masks, 0, 3 * count, &least)
