"""Exact one-to-many times and lengths: Dijkstra's search that ends with the last target.

Dijkstra: A note on two problems in connexion with graphs, Numerische Mathematik 1, 1959.

Layout. A node of the routing graph is a directed segment; its label is the time and the length (dtypes.pxd)
from the source to the *start* of the segment. An arc is an allowed turn; it costs the tail's segment and the
turn. A point lies on some nodes (its *seeds*), each at an offset from the start of the node's segment:

    source, o past the start of u        arc (u, f)                         target, p past the start of v
    u: |----o=====rest=====>| turn | f: |=====...=====>| ... | v: |====p====|----->|
            label(f) = weight(u, f) - o                        cell = label(v) + p

So a source seeds the *successors* of its nodes, never the nodes themselves: no label is negative, and a
target behind the source on the same node is reached by a loop only. A target ahead on the same node (p >= o
in time and in length) is also reached straight on, at p - o.

Invariant of the loop in `search`: labels leave the heap in ascending order; a label that leaves it and is
still its node's label is the smallest possible, together with the chain of parents. The search may stop when
all target nodes have left the heap: no other label of a target can be smaller.

Nothing is cleared between searches: a node's record counts only if it carries the search's epoch.
"""

from libc.stdint cimport INT64_MAX, int32_t

from o2oroute._kernel.dtypes cimport INF, dm_of, label_t, ms_of, pack, too_long
from o2oroute._kernel.heap cimport HeapEntry, heap_pop, heap_push

cdef label_t UNREACHED = INT64_MAX


cdef void mark_targets(
    WorkspaceView* work, const SeedsView* targets, int32_t point_from, int32_t point_to
) noexcept nogil:
    """Mark the nodes of the targets that the next searches must settle before they may stop."""
    cdef int32_t seed
    cdef NodeState* state
    work.target_epoch += 1
    work.target_nodes = 0
    for seed in range(targets.first[point_from], targets.first[point_to]):
        state = &work.states[targets.node[seed]]
        if state.target_epoch != work.target_epoch:
            state.target_epoch = work.target_epoch
            work.target_nodes += 1


cdef inline void improve(WorkspaceView* work, int32_t node, label_t label, int32_t parent) noexcept nogil:
    cdef NodeState* state = &work.states[node]
    if state.epoch != work.epoch:
        state.epoch = work.epoch
    elif state.label <= label:
        return
    state.label = label
    state.parent = parent
    heap_push(&work.heap, label, node)


cdef int search(
    WorkspaceView* work, const GraphView* graph, const SeedsView* sources, int32_t source
) noexcept nogil:
    """Label all nodes needed to settle the marked targets; return TOO_LONG if a label does not fit."""
    cdef int32_t seed, arc, node
    cdef int32_t remaining = work.target_nodes
    cdef label_t label
    cdef HeapEntry entry
    cdef const NodeState* state
    work.epoch += 1
    work.heap.size = 0
    if remaining == 0:
        return FOUND
    for seed in range(sources.first[source], sources.first[source + 1]):
        node = sources.node[seed]
        label = pack(0, graph.node_dm[node]) - sources.offset[seed]
        for arc in range(graph.first_out[node], graph.first_out[node + 1]):
            improve(work, graph.arcs[arc].head, label + pack(graph.arcs[arc].weight_ms, 0), ~arc)
    while work.heap.size > 0:
        entry = heap_pop(&work.heap)
        node = entry.node
        label = entry.label
        state = &work.states[node]
        if label != state.label:
            continue  # stale: the node was pushed again with a smaller label
        if too_long(label):
            return TOO_LONG  # adding to it could overflow, and all that follow are as long
        if state.target_epoch == work.target_epoch:
            remaining -= 1
            if remaining == 0:
                break
        label += pack(0, graph.node_dm[node])
        for arc in range(graph.first_out[node], graph.first_out[node + 1]):
            improve(work, graph.arcs[arc].head, label + pack(graph.arcs[arc].weight_ms, 0), arc)
    return FOUND


cdef label_t best_way(
    const WorkspaceView* work, const SeedsView* sources, int32_t source, const SeedsView* targets,
    int32_t target, Way* way,
) noexcept nogil:
    """Return the smallest label of a target after a search; note in `way`, if given, its two ends."""
    cdef label_t best = UNREACHED
    cdef label_t label
    cdef int32_t seed, from_seed
    cdef const NodeState* state
    for seed in range(targets.first[target], targets.first[target + 1]):
        for from_seed in range(sources.first[source], sources.first[source + 1]):
            if sources.node[from_seed] == targets.node[seed] and is_ahead(
                sources.offset[from_seed], targets.offset[seed]
            ):
                label = targets.offset[seed] - sources.offset[from_seed]
                if label < best:
                    best = label
                    if way != NULL:
                        way.source_seed, way.target_seed = from_seed, seed
        state = &work.states[targets.node[seed]]
        if state.epoch == work.epoch:
            label = state.label + targets.offset[seed]
            if label < best:
                best = label
                if way != NULL:
                    way.source_seed, way.target_seed = -1, seed
    return best


cdef int read_row(
    const WorkspaceView* work, const SeedsView* sources, int32_t source, const SeedsView* targets,
    int32_t* out_ms, int32_t* out_dm,
) noexcept nogil:
    """Write times (and lengths, unless `out_dm` is NULL) to all targets after a search."""
    cdef int32_t target
    cdef label_t best
    for target in range(targets.points):
        best = best_way(work, sources, source, targets, target, NULL)
        if best == UNREACHED:
            out_ms[target] = INF
            if out_dm != NULL:
                out_dm[target] = INF
            continue
        if too_long(best):
            return TOO_LONG
        out_ms[target] = <int32_t> ms_of(best)
        if out_dm != NULL:
            out_dm[target] = <int32_t> dm_of(best)
    return FOUND


cdef inline int32_t tail_of(const GraphView* graph, int32_t arc) noexcept nogil:
    """Return the last node whose arcs begin at or before `arc`, which is the arc's tail."""
    cdef int32_t low = 0
    cdef int32_t high = graph.nodes - 1
    cdef int32_t middle
    while low < high:
        middle = low + (high - low + 1) // 2
        if graph.first_out[middle] <= arc:
            low = middle
        else:
            high = middle - 1
    return low


cdef int find_way(
    const WorkspaceView* work, const GraphView* graph, const SeedsView* sources, int32_t source,
    const SeedsView* targets, int32_t target, Way* way,
) noexcept nogil:
    """Follow the parents back after a search: which seeds the way joins, and how many arcs."""
    cdef int32_t node, parent, seed
    way.label = best_way(work, sources, source, targets, target, way)
    way.arcs = 0
    if way.label == UNREACHED:
        return UNREACHABLE
    if too_long(way.label):
        return TOO_LONG
    if way.source_seed >= 0:
        return FOUND
    parent = 0
    node = targets.node[way.target_seed]
    while True:
        parent = work.states[node].parent
        way.arcs += 1
        if parent < 0:
            break
        node = tail_of(graph, parent)
    # of several seeds on the first node, the one farthest along gave the label
    node = tail_of(graph, ~parent)
    for seed in range(sources.first[source], sources.first[source + 1]):
        if sources.node[seed] == node and (
            way.source_seed < 0 or sources.offset[seed] > sources.offset[way.source_seed]
        ):
            way.source_seed = seed
    return FOUND


cdef void read_arcs(
    const WorkspaceView* work, const GraphView* graph, const SeedsView* targets, const Way* way, int32_t* out
) noexcept nogil:
    """Write the arcs of a way in driving order."""
    cdef int32_t place = way.arcs
    cdef int32_t node = targets.node[way.target_seed]
    cdef int32_t parent
    while place > 0:
        place -= 1
        parent = work.states[node].parent
        out[place] = parent if parent >= 0 else ~parent
        node = tail_of(graph, out[place])
