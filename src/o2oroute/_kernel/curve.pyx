"""Cost of a route up to a moment, as a function of the moment.

A *curve* says what the cheapest schedule of the first stops of a route costs that is done with the last of
them by a moment: what duty costs at a *rate* a tick from the start of the route to this moment, and what the
moments of service cost. It is made of linear pieces with jumps, and only its values at whole ticks count.
Where one piece ends the next begins; the last goes on for ever. Nothing is feasible before the first.

Waiting is allowed everywhere: from a tick to the next a curve rises by no more than the rate. Each piece
knows when the route starts in its schedule, either always then or a tick later for each tick.

Ibaraki, Imahori, Nonobe, Sobue, Uno, Yagiura: An iterated local search algorithm for the vehicle routing
problem with convex time penalty functions, Discrete Applied Mathematics 156, 2008, work out the best moments
in this way; Hashimoto, Ibaraki, Imahori, Yagiura: The vehicle routing problem with flexible time windows and
traveling times, Discrete Applied Mathematics 154, 2006, for costs that are not convex, as several windows
make them.

A curve that grows beyond its room becomes infeasible.
"""

from libc.stdint cimport int32_t, int64_t

from o2oroute._kernel.timing cimport NEVER


cdef inline void push(
    Curve* curve, int64_t begin, int64_t value, int64_t slope, int64_t start, int64_t moves
) noexcept nogil:
    """Append a piece, unless it only goes on where the last one leads."""
    cdef Piece* piece
    if curve.count > 0:
        piece = &curve.pieces[curve.count - 1]
        if (
            piece.slope == slope and piece.moves == moves
            and piece.value + slope * (begin - piece.begin) == value
            and piece.start + moves * (begin - piece.begin) == start
        ):
            return
    if curve.count >= ROOM:
        return
    piece = &curve.pieces[curve.count]
    piece.begin, piece.value, piece.slope = begin, value, slope
    piece.start, piece.moves = start, moves
    curve.count += 1


cdef inline int64_t soft_cost(const Service* service, int64_t moment) noexcept nogil:
    cdef int64_t total = 0
    cdef int32_t i
    for i in range(service.terms):
        if moment < service.term[i].moment:
            total += service.term[i].before * (service.term[i].moment - moment)
        else:
            total += service.term[i].after * (moment - service.term[i].moment)
    return total


cdef inline int64_t soft_slope(const Service* service, int64_t moment, int64_t* until) noexcept nogil:
    """Return what a tick later costs from a moment on; `until` becomes less where that changes earlier."""
    cdef int64_t total = 0
    cdef int32_t i
    for i in range(service.terms):
        if moment < service.term[i].moment:
            total -= service.term[i].before
            if service.term[i].moment - 1 < until[0]:
                until[0] = service.term[i].moment - 1
        else:
            total += service.term[i].after
    return total


# the end of what has been written, from where on it costs the rate to wait
cdef struct Wait:
    int64_t since
    int64_t value
    int64_t start


cdef void add_stretch(
    Curve* curve, Wait* wait, int64_t begin, int64_t end, int64_t value, int64_t slope, int64_t start,
    int64_t moves, int64_t rate,
) noexcept nogil:
    """Append what costs so much from `begin` to `end`, where waiting is not cheaper."""
    cdef int64_t waited, offset
    if curve.count > 0:
        waited = wait.value + rate * (begin - wait.since)
        if begin > wait.since + 1:
            push(curve, wait.since + 1, wait.value + rate, rate, wait.start, 0)
        if value > waited:
            offset = end - begin + 1
            if slope < rate:
                offset = (value - waited + rate - slope - 1) // (rate - slope)
            push(curve, begin, waited, rate, wait.start, 0)
            if offset > end - begin:
                wait.value, wait.since = waited + rate * (end - begin), end
                return
            begin += offset
            value += slope * offset
            start += moves * offset
    if slope > rate:  # who waits has it cheaper than who comes later
        slope, moves = rate, 0
    push(curve, begin, value, slope, start, moves)
    wait.since = end
    wait.value = value + slope * (end - begin)
    wait.start = start + moves * (end - begin)


cdef void begin_curve(Curve* curve, const Service* service, int64_t rate) noexcept nogil:
    """Let a route start within windows."""
    cdef Wait wait
    cdef int64_t first, last
    cdef int32_t i
    wait.since = wait.value = wait.start = 0
    curve.count = 0
    for i in range(service.windows):
        first = max(service.window[i].open, service.earliest)
        last = min(service.window[i].close, service.latest)
        if first <= last:
            add_stretch(curve, &wait, first, last, 0, 0, first, 1, rate)
    if curve.count > 0:
        push(curve, wait.since + 1, wait.value + rate, rate, wait.start, 0)


cdef void serve(const Curve* curve, const Service* service, int64_t rate, Curve* served) noexcept nogil:
    """Let service start within windows, and cost what its moment costs."""
    cdef Wait wait
    cdef const Piece* piece
    cdef int64_t first, last, end, until, slope
    cdef int32_t k = 0
    cdef int32_t i
    wait.since = wait.value = wait.start = 0
    served.count = 0
    if curve.count == 0:
        return
    for i in range(service.windows):
        first = max(max(service.window[i].open, service.earliest), curve.pieces[0].begin)
        last = min(service.window[i].close, service.latest)
        while first <= last:
            while k + 1 < curve.count and curve.pieces[k + 1].begin <= first:
                k += 1
            piece = &curve.pieces[k]
            end = last
            if k + 1 < curve.count and curve.pieces[k + 1].begin <= last:
                end = curve.pieces[k + 1].begin - 1
            until = end
            slope = piece.slope + soft_slope(service, first, &until)
            add_stretch(
                served, &wait, first, until,
                piece.value + piece.slope * (first - piece.begin) + soft_cost(service, first), slope,
                piece.start + piece.moves * (first - piece.begin), piece.moves, rate,
            )
            first = until + 1
    if served.count > 0:
        push(served, wait.since + 1, wait.value + rate, rate, wait.start, 0)
    if served.count >= ROOM:
        served.count = 0


cdef inline void push_part(Curve* curve, const Piece* piece, int64_t begin) noexcept nogil:
    """Append a piece from a moment on."""
    push(
        curve, begin, piece.value + piece.slope * (begin - piece.begin), piece.slope,
        piece.start + piece.moves * (begin - piece.begin), piece.moves,
    )


cdef bint is_first_choice(
    const Piece* one, const Piece* other, int64_t moment, bint dearer, int64_t* ticks
) noexcept nogil:
    """Tell whether a piece is chosen at a moment before another; `ticks` is how long the choice holds.

    Of equal costs a later start is chosen, but for the dearer curve the earlier one: there both are bounds
    from the same schedules, and the tighter bound counts.
    """
    cdef int64_t value = (
        other.value + other.slope * (moment - other.begin) - one.value - one.slope * (moment - one.begin)
    )
    cdef int64_t slope = other.slope - one.slope
    cdef int64_t start = (
        one.start + one.moves * (moment - one.begin) - other.start - other.moves * (moment - other.begin)
    )
    cdef int64_t drift = one.moves - other.moves
    cdef bint is_first
    if dearer:
        value, slope, start, drift = -value, -slope, -start, -drift
    # from here on, what is greater speaks for the first piece
    is_first = value > 0 or (value == 0 and start >= 0)
    if not is_first:
        value, slope, start, drift = -value, -slope, -start, -drift
    if slope < 0:
        ticks[0] = 1 if value == 0 else (value - slope - 1) // -slope
    elif value == 0 and slope == 0 and drift < 0:
        ticks[0] = start // -drift + 1
    else:
        ticks[0] = NEVER
    return is_first


cdef void choose(
    const Curve* one, const Curve* other, bint dearer, Curve* chosen
) noexcept nogil:
    """Return the cheaper of two curves at each moment, or the dearer one, which may be infeasible."""
    cdef int32_t i = -1
    cdef int32_t k = -1
    cdef int64_t moment, following, ticks
    chosen.count = 0
    if one.count == 0 or other.count == 0:
        if not dearer:
            copy_curve(other if one.count == 0 else one, chosen)
        return
    if dearer:
        moment = max(one.pieces[0].begin, other.pieces[0].begin)
    else:
        moment = min(one.pieces[0].begin, other.pieces[0].begin)
    while moment < NEVER:
        while i + 1 < one.count and one.pieces[i + 1].begin <= moment:
            i += 1
        while k + 1 < other.count and other.pieces[k + 1].begin <= moment:
            k += 1
        following = NEVER
        if i + 1 < one.count:
            following = one.pieces[i + 1].begin
        if k + 1 < other.count and other.pieces[k + 1].begin < following:
            following = other.pieces[k + 1].begin
        if i < 0 or k < 0:
            push_part(chosen, &other.pieces[k] if i < 0 else &one.pieces[i], moment)
        else:
            if is_first_choice(&one.pieces[i], &other.pieces[k], moment, dearer, &ticks):
                push_part(chosen, &one.pieces[i], moment)
            else:
                push_part(chosen, &other.pieces[k], moment)
            if ticks < following - moment:
                following = moment + ticks
        moment = following
    if chosen.count >= ROOM:
        chosen.count = 0
