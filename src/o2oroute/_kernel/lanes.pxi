# Many sources at once, one a lane. This file is the body of one compiled room for each instruction set.
#
# Every row below is ROW_BYTES of labels side by side, one for each source of the group:
#
#   rows[i]    labels of the i-th node met going up; nodes fall with i
#   stack[d]   labels of the node at depth d on the way from the root to the closure node at hand
#   found[t]   labels of target t; these rows follow those of the stack
#
# A group is a search up (rows) and a sweep down (stack), whose steps end in the targets (found).
# Invariant of the sweep: when a node is handled, stack[0 .. depth) holds the final rows of its ancestors in
# the closure, because a falling postorder is a preorder; and every arc down comes from an ancestor. A target
# is handled like a node, right after the lowest of the nodes that it ends on; see closure.pyx.
#
# A label is a time in milliseconds (int32), or a time and a length in one double: ms * 2**24 + dm, exact and
# ordered by (ms, dm) as long as dm < 2**24 and the whole stays below 2**53.
#
# Sources: Delling, Goldberg, Nowatzyk, Werneck, PHAST (IPDPS 2011), section IV on many trees at once;
# Delling, Goldberg, Werneck, Faster Batched Shortest Paths in Road Networks (ATMOS 2011), on restricting
# the sweep.

from libc.stdint cimport int32_t, int64_t, uint32_t

include "rows.pxi"

cdef int32_t meet(
    const UpView* up, const EndsView* sources, const int32_t* points, int32_t lanes, LaneWorkspace* work
) noexcept nogil:
    """List the ancestors of all seeds of the group, falling; return how many."""
    cdef int32_t k, i, j, v, seeds = 0, count = 0, length
    for k in range(lanes):
        for i in range(sources.first[points[k]], sources.first[points[k] + 1]):
            v = sources.node[i]
            j = seeds
            seeds += 1
            # the points come sorted, so this is nearly in place already
            while j > 0 and work.order[j - 1] < v:
                work.order[j] = work.order[j - 1]
                j -= 1
            work.order[j] = v
    work.group += 1
    for i in range(seeds):
        length = 0
        v = work.order[i]
        while v >= 0 and work.mark[v] != work.group:
            work.mark[v] = work.group
            length += 1
            v = up.parent[v]
        # in a postorder, what a lower seed adds lies below all that the higher seeds have added
        v = work.order[i]
        for j in range(count + length - 1, count - 1, -1):
            work.met[j] = v
            work.place[v] = j
            v = up.parent[v]
        count += length
    return count


cdef void search_up(
    const UpView* up, const EndsView* sources, const int32_t* points, int32_t lanes, LaneWorkspace* work,
    lane_t* rows, int32_t count, lane_t inf,
) noexcept nogil:
    """Set the rows of the nodes met; row `count`, behind the last, is left infinite."""
    cdef const lane_t* weight = <const lane_t*> up.weight
    cdef const lane_t* offset = <const lane_t*> sources.offset
    cdef size_t width = ROW_BYTES // sizeof(lane_t)
    cdef lane_t* row
    cdef int32_t i, k, a, v
    for i in range(count + 1):
        clear(rows + i * width, inf)
    for k in range(lanes):
        for i in range(sources.first[points[k]], sources.first[points[k] + 1]):
            row = rows + work.place[sources.node[i]] * width
            if offset[i] < row[k]:
                row[k] = offset[i]
    for i in range(count - 1, -1, -1):
        v = work.met[i]
        row = rows + i * width
        for a in range(up.first[v], up.first[v + 1]):
            relax(rows + work.place[up.head[a]] * width, row, weight[a])


cdef void sweep_down(
    const ClosureView* closure, const LaneWorkspace* work, const lane_t* rows, const lane_t* nothing,
    lane_t* stack,
) noexcept nogil:
    cdef const lane_t* weight = <const lane_t*> closure.weight
    cdef size_t width = ROW_BYTES // sizeof(lane_t)
    cdef const lane_t* start
    cdef lane_t* row
    cdef int32_t i, a, v, arcs
    for i in range(closure.count):
        v = closure.node[i]
        start = rows + work.place[v] * width if work.mark[v] == work.group else nothing
        row = stack + closure.row[i] * width
        a = closure.first[i]
        arcs = closure.first[i + 1] - a
        if lane_t is int32_t:
            o2oroute_pull_i32(row, start, stack, closure.slot + a, weight + a, arcs)
        else:
            o2oroute_pull_f64(row, start, stack, closure.slot + a, weight + a, arcs)


cdef inline int32_t first_seed_on(const AheadView* ahead, int32_t node) noexcept nogil:
    cdef int32_t low = 0, high = ahead.swept, middle
    while low < high:
        middle = low + (high - low) // 2
        if ahead.swept_node[middle] < node:
            low = middle + 1
        else:
            high = middle
    return low


cdef void go_ahead(
    const AheadView* ahead, const int32_t* points, int32_t lanes, lane_t* found
) noexcept nogil:
    """Let the targets that lie ahead on a source's own node be reached straight on.

    Ahead in time and in length: two points within the same millisecond may still lie the wrong way round.
    """
    cdef size_t width = ROW_BYTES // sizeof(lane_t)
    cdef int32_t k, i, j, node
    cdef int64_t ms, dm
    cdef lane_t label
    cdef lane_t* cell
    for k in range(lanes):
        for i in range(ahead.first[points[k]], ahead.first[points[k] + 1]):
            node = ahead.node[i]
            j = first_seed_on(ahead, node)
            while j < ahead.swept and ahead.swept_node[j] == node:
                ms = ms_of(ahead.swept_offset[j]) - ms_of(ahead.offset[i])
                dm = dm_of(ahead.swept_offset[j]) - dm_of(ahead.offset[i])
                if ahead.backwards:
                    ms = -ms
                    dm = -dm
                if ms >= 0 and dm >= 0:
                    if lane_t is double:
                        label = <double> ms * LABEL_ONE_MS + <double> dm
                    else:
                        label = <int32_t> ms
                    cell = found + ahead.swept_point[j] * width + k
                    if label < cell[0]:
                        cell[0] = label
                j += 1


cdef void run(
    const UpView* up, const EndsView* sources, const AheadView* ahead, const ClosureView* closure,
    const int32_t* points, int32_t lanes, LaneWorkspace* work, lane_t* rows, lane_t* stack, lane_t* found,
    lane_t inf,
) noexcept nogil:
    cdef int32_t count = meet(up, sources, points, lanes, work)
    search_up(up, sources, points, lanes, work, rows, count, inf)
    sweep_down(closure, work, rows, rows + count * (ROW_BYTES // sizeof(lane_t)), stack)
    go_ahead(ahead, points, lanes, found)


cdef void run_group(
    bint packed, const UpView* up, const EndsView* sources, const AheadView* ahead, const ClosureView*
    closure, const int32_t* points, int32_t lanes, LaneWorkspace* work,
) noexcept nogil:
    """Fill `work.found` for some sources, `packed` with labels that carry lengths."""
    if packed:
        run[double](
            up, sources, ahead, closure, points, lanes, work, <double*> work.rows, <double*> work.stack,
            <double*> work.found, LABEL_INF,
        )
    else:
        run[int32_t](
            up, sources, ahead, closure, points, lanes, work, <int32_t*> work.rows, <int32_t*> work.stack,
            <int32_t*> work.found, INF,
        )


# The found labels are turned into what the caller wants while they are in lanes, where the compiler can use
# wide registers, and then from lanes into lines of the matrix, square by square. The lanes of one cache line
# are finished before the next, so that few lines of the matrix are written at a time, each from end to end.
#
# Multiplying by 0.001 gives the same float as dividing by 1000: the two products differ in the last bit of
# a double, and no ms / 1000 below 2**30 ms lies that near to the middle between two floats (it would have
# to be n / 8 with an n of 25 bits, so 2**21 seconds or more). The same holds for dm / 10 below 2**24 dm.

ctypedef fused cell_t:
    float
    int32_t


cdef inline void times_of(const int32_t* row, cell_t* out) noexcept nogil:
    cdef int k
    if cell_t is float:
        o2oroute_seconds(row, out)
    else:
        for k in range(<int> (LINE_BYTES // sizeof(int32_t))):
            out[k] = INF if row[k] >= INF else row[k]


cdef inline void labels_of(const double* row, cell_t* ms_out, cell_t* dm_out, double* top) noexcept nogil:
    cdef int k
    cdef double label
    if cell_t is float:
        o2oroute_seconds_and_metres(row, ms_out, dm_out, top)
    else:
        for k in range(<int> (LINE_BYTES // sizeof(double))):
            label = row[k] if row[k] < LABEL_LIMIT else 0.0
            ms_out[k] = <int32_t> (label * LABEL_SHIFT)
            dm_out[k] = <int32_t> (label - <double> ms_out[k] * LABEL_ONE_MS)
            if row[k] >= LABEL_LIMIT:
                ms_out[k] = dm_out[k] = INF
            if top[k] < row[k] < LABEL_INF:
                top[k] = row[k]


cdef inline void write_tile(
    const cell_t* tile, int32_t stride, const int32_t* points, int32_t lanes, int32_t begin, int32_t targets,
    bint lanes_are_rows, size_t columns, cell_t* out,
) noexcept nogil:
    """Write the cells of some lanes and targets."""
    cdef int32_t k, j
    cdef cell_t* line
    if lanes_are_rows and targets == TURNED and lanes == stride and lanes % TURNED == 0:
        for k in range(lanes // TURNED):
            o2oroute_turn(
                <const uint32_t*> tile + k * TURNED, stride, <uint32_t*> out + begin, points + k * TURNED,
                columns,
            )
    elif lanes_are_rows:
        for k in range(lanes):
            line = out + points[k] * columns + begin
            for j in range(targets):
                line[j] = tile[j * stride + k]
    else:
        for j in range(targets):
            line = out + (begin + j) * columns
            for k in range(lanes):
                line[points[k]] = tile[j * stride + k]


cdef void emit_times(
    const int32_t* found, int32_t targets, const int32_t* points, int32_t lanes, bint lanes_are_rows,
    size_t columns, cell_t* out,
) noexcept nogil:
    cdef cell_t tile[TILE]
    cdef int32_t stride = LINE_BYTES // sizeof(int32_t), lane = 0, begin, j, some_lanes, some
    cdef size_t width = ROW_BYTES // sizeof(int32_t)
    while lane < lanes:
        some_lanes = lanes - lane if lanes - lane < stride else stride
        begin = 0
        while begin < targets:
            some = targets - begin if targets - begin < TURNED else TURNED
            for j in range(some):
                times_of(found + (begin + j) * width + lane, tile + j * stride)
            write_tile(
                tile, stride, points + lane, some_lanes, begin, some, lanes_are_rows, columns, out
            )
            begin += TURNED
        lane += stride


cdef void emit_labels(
    const double* found, int32_t targets, const int32_t* points, int32_t lanes, bint lanes_are_rows,
    size_t columns, cell_t* ms_out, cell_t* dm_out, double* top,
) noexcept nogil:
    cdef cell_t ms_tile[TILE]
    cdef cell_t dm_tile[TILE]
    cdef int32_t stride = LINE_BYTES // sizeof(double), lane = 0, begin, j, some_lanes, some
    cdef size_t width = ROW_BYTES // sizeof(double)
    while lane < lanes:
        some_lanes = lanes - lane if lanes - lane < stride else stride
        begin = 0
        while begin < targets:
            some = targets - begin if targets - begin < TURNED else TURNED
            for j in range(some):
                labels_of(
                    found + (begin + j) * width + lane, ms_tile + j * stride, dm_tile + j * stride, top
                )
            write_tile(
                ms_tile, stride, points + lane, some_lanes, begin, some, lanes_are_rows, columns, ms_out
            )
            if dm_out != NULL:
                write_tile(
                    dm_tile, stride, points + lane, some_lanes, begin, some, lanes_are_rows, columns, dm_out
                )
            begin += TURNED
        lane += stride


cdef void emit(
    LaneWorkspace* work, bint packed, int32_t targets, const int32_t* points, int32_t lanes, bint
    lanes_are_rows, size_t columns, bint raw, void* ms_out, void* dm_out,
) noexcept nogil:
    """Write what the group found, as integers if `raw`; `work.top` keeps the largest labels."""
    if packed and raw:
        emit_labels[int32_t](
            <const double*> work.found, targets, points, lanes, lanes_are_rows, columns, <int32_t*> ms_out,
            <int32_t*> dm_out, work.top,
        )
    elif packed:
        emit_labels[float](
            <const double*> work.found, targets, points, lanes, lanes_are_rows, columns, <float*> ms_out,
            <float*> dm_out, work.top,
        )
    elif raw:
        emit_times[int32_t](
            <const int32_t*> work.found, targets, points, lanes, lanes_are_rows, columns, <int32_t*> ms_out
        )
    else:
        emit_times[float](
            <const int32_t*> work.found, targets, points, lanes, lanes_are_rows, columns, <float*> ms_out
        )


cdef Room room() noexcept nogil:
    cdef Room own
    own.row_bytes = ROW_BYTES
    own.group = run_group
    own.emit = emit
    return own
