"""Relations between requests: who rides with whom, and in which order. What is on no route is passed over.

Layout. A task, or the start of a vehicle, is tied to the relations it is a member of, with its rank among the
members:

    tie_first      tasks + vehicles + 1      relation_first    relations + 1
    tie_relation   ties                      relation_task     members, in their order
    tie_rank       ties

A start is always served, by its vehicle: a sequence that begins with it holds the first stops of the route.

Two members of a sequence that are one behind the other leave a gap that only a member between them may fill.
Taking tasks off a route never breaks a relation.

Invariant: routes that are asked about are numbered (`Stretch.position`), for all vehicles of a model with
relations keep deep routes.
"""

from libc.stdint cimport int32_t

from o2oroute._kernel.route cimport (
    DIFFERENT_VEHICLES, IN_ORDER, IN_SEQUENCE, Stop, end_of, first_task, is_pair, partner, start_of,
)


cdef bint is_related(const ModelView* model, int32_t one, int32_t other) noexcept nogil:
    """Tell whether two requests are members of one relation."""
    cdef int32_t first = first_task(model, one)
    cdef int32_t i, k, task
    if model.tie_first == NULL:
        return False
    for i in range(model.tie_first[first], model.tie_first[first + 1 + is_pair(model, one)]):
        for task in range(first_task(model, other), first_task(model, other) + 1 + is_pair(model, other)):
            for k in range(model.tie_first[task], model.tie_first[task + 1]):
                if model.tie_relation[k] == model.tie_relation[i]:
                    return True
    return False


cdef bint suits(const RoutesView* view, int32_t vehicle, int32_t task) noexcept nogil:
    """Tell whether the vehicles of all members that are served allow this one for a task."""
    cdef const ModelView* model = view.model
    cdef int32_t i, k, member, other, relation
    for i in range(model.tie_first[task], model.tie_first[task + 1]):
        relation = model.tie_relation[i]
        for k in range(model.relation_first[relation], model.relation_first[relation + 1]):
            member = model.relation_task[k]
            # the tasks of a pair go together
            other = vehicle if member == partner(model, task) else view.stops[member].vehicle
            if member != task and other >= 0:
                if (other == vehicle) == (model.relation_kind[relation] == DIFFERENT_VEHICLES):
                    return False
    return True


cdef bint may_join(const RoutesView* view, int32_t vehicle, int32_t request) noexcept nogil:
    """Tell whether relations let a vehicle serve a request that is on no route, wherever on its route."""
    cdef int32_t first = first_task(view.model, request)
    if not suits(view, vehicle, first):
        return False
    return not is_pair(view.model, request) or suits(view, vehicle, first + 1)


cdef int32_t nearest_member(
    const RoutesView* view, int32_t relation, int32_t rank, int32_t step, int32_t first, int32_t second
) noexcept nogil:
    """Return the next member before or behind a rank that is served, or one of two tasks; -1 if none is."""
    cdef const ModelView* model = view.model
    cdef int32_t count = model.relation_first[relation + 1] - model.relation_first[relation]
    cdef int32_t member
    rank += step
    while 0 <= rank < count:
        member = model.relation_task[model.relation_first[relation] + rank]
        if view.stops[member].vehicle >= 0 or member == first or member == second:
            return member
        rank += step
    return -1


cdef int32_t rank_in(const ModelView* model, int32_t task, int32_t relation) noexcept nogil:
    """Return the rank of a task in a relation, or -1."""
    cdef int32_t i
    for i in range(model.tie_first[task], model.tie_first[task + 1]):
        if model.tie_relation[i] == relation:
            return model.tie_rank[i]
    return -1


cdef bint may_part(
    const ModelView* model, int32_t before, int32_t behind, int32_t task
) noexcept nogil:
    """Tell whether a task may come between two stops that are one behind the other."""
    cdef int32_t i, relation
    if behind >= model.tasks:
        return True
    for i in range(model.tie_first[before], model.tie_first[before + 1]):
        relation = model.tie_relation[i]
        if model.relation_kind[relation] == IN_SEQUENCE and rank_in(model, behind, relation) >= 0:
            if not model.tie_rank[i] < rank_in(model, task, relation) < rank_in(model, behind, relation):
                return False
    return True


cdef bint has_rank(
    const RoutesView* view, int32_t task, int32_t prev, int32_t following, int32_t after, int32_t first,
    int32_t second
) noexcept nogil:
    """Tell whether a task may stand between two nodes, as far as its own relations go.

    `after` is the last stop of the route before it; `first` and `second` are the tasks that are put in.
    """
    cdef const ModelView* model = view.model
    cdef int32_t position = view.stretches[after].position
    cdef int32_t i, relation, kind, member
    for i in range(model.tie_first[task], model.tie_first[task + 1]):
        relation = model.tie_relation[i]
        kind = model.relation_kind[relation]
        if kind != IN_ORDER and kind != IN_SEQUENCE:
            continue
        member = nearest_member(view, relation, model.tie_rank[i], -1, first, second)
        if member >= 0:
            if kind == IN_SEQUENCE:
                if member != prev:
                    return False
            elif member == second:  # a drop-off does not come before its pickup
                return False
            elif member != first and view.stretches[member].position > position:
                return False
        member = nearest_member(view, relation, model.tie_rank[i], 1, first, second)
        if member >= 0:
            if kind == IN_SEQUENCE:
                if member != following:
                    return False
            elif member == first:
                return False
            elif member != second and view.stretches[member].position <= position:
                return False
    return True


cdef bint may_stand(
    const RoutesView* view, int32_t request, const Place* place
) noexcept nogil:
    """Tell whether relations let a request stand at a place of a route that it may join."""
    cdef const ModelView* model = view.model
    cdef int32_t first = first_task(model, request)
    cdef int32_t second = first + 1 if is_pair(model, request) else -1
    cdef int32_t head = view.stops[place.after].next
    cdef bint together = second >= 0 and place.second_after == first
    if not may_part(model, place.after, head, first):
        return False
    if not has_rank(view, first, place.after, second if together else head, place.after, first, second):
        return False
    if second < 0:
        return True
    if together:
        return may_part(model, place.after, head, second) and has_rank(
            view, second, first, head, place.after, first, second
        )
    head = view.stops[place.second_after].next
    return may_part(model, place.second_after, head, second) and has_rank(
        view, second, place.second_after, head, place.second_after, first, second
    )


cdef bint keeps_relations(const RoutesView* view, int32_t vehicle) noexcept nogil:
    """Tell whether a route whose stops are numbered keeps all relations of its tasks."""
    cdef const ModelView* model = view.model
    cdef const Stop* stops = view.stops
    cdef int32_t end = end_of(model, vehicle)
    cdef int32_t stop = stops[start_of(model, vehicle)].next
    cdef int32_t i, kind, member
    while stop != end:
        if not suits(view, vehicle, stop):
            return False
        for i in range(model.tie_first[stop], model.tie_first[stop + 1]):
            kind = model.relation_kind[model.tie_relation[i]]
            if kind == IN_ORDER or kind == IN_SEQUENCE:
                member = nearest_member(view, model.tie_relation[i], model.tie_rank[i], -1, -1, -1)
                if member < 0:
                    continue
                if view.stretches[member].position > view.stretches[stop].position:
                    return False
                if kind == IN_SEQUENCE and member != stops[stop].prev:
                    return False
        stop = stops[stop].next
    return True
