# Many sources at once, one a lane. This file is the body of one compiled room for each instruction set.
#
# Every row below is LANES labels side by side, one for each source of the group:
#
#   rows[i]    labels of the i-th node met going up; nodes fall with i
#   stack[d]   labels of the node at depth d on the way from the root to the closure node at hand
#   found[t]   best label of target t so far
#
# A group is a search up (rows), a sweep down (stack), and the collection of what ends at each node (found).
# Invariant of the sweep: when a node is handled, stack[0 .. depth) holds the final rows of its ancestors in
# the closure, because a falling postorder is a preorder; and every arc down comes from an ancestor.
#
# A label is a time in milliseconds (int32), or a time and a length in one double: ms * 2**24 + dm, exact and
# ordered by (ms, dm) as long as dm < 2**24 and the whole stays below 2**53.
#
# Sources: Delling, Goldberg, Nowatzyk, Werneck, PHAST (IPDPS 2011), section IV on many trees at once;
# Delling, Goldberg, Werneck, Faster Batched Shortest Paths in Road Networks (ATMOS 2011), on restricting
# the sweep.

from libc.math cimport INFINITY
from libc.stdint cimport int32_t, int64_t
from libc.string cimport memcpy

cdef enum:
    TILE = 16

# The loop that nearly all time goes into: y = min(y, x + weight) over the arcs into one node. With wide
# registers y stays in them for all arcs, which no compiler does by itself for a row of this length.
cdef extern from *:
    """
    #include <stdint.h>
    #if defined(__AVX2__)
    #include <immintrin.h>

    #define O2OROUTE_STEP_I32(i) \\
        y##i = _mm256_min_epi32(y##i, _mm256_add_epi32(_mm256_loadu_si256((const __m256i *)(x + 8 * i)), w))
    static inline void o2oroute_pull_i32(
        int32_t *row, const int32_t *stack, const int32_t *slot, const int32_t *weight, int32_t arcs)
    {
        __m256i y0 = _mm256_loadu_si256((const __m256i *)row);
        __m256i y1 = _mm256_loadu_si256((const __m256i *)(row + 8));
        __m256i y2 = _mm256_loadu_si256((const __m256i *)(row + 16));
        __m256i y3 = _mm256_loadu_si256((const __m256i *)(row + 24));
        for (int32_t a = 0; a < arcs; a++) {
            const int32_t *x = stack + (intptr_t)slot[a] * 32;
            const __m256i w = _mm256_set1_epi32(weight[a]);
            O2OROUTE_STEP_I32(0); O2OROUTE_STEP_I32(1); O2OROUTE_STEP_I32(2); O2OROUTE_STEP_I32(3);
        }
        _mm256_storeu_si256((__m256i *)row, y0);
        _mm256_storeu_si256((__m256i *)(row + 8), y1);
        _mm256_storeu_si256((__m256i *)(row + 16), y2);
        _mm256_storeu_si256((__m256i *)(row + 24), y3);
    }

    #define O2OROUTE_STEP_F64(i) y##i = _mm256_min_pd(_mm256_add_pd(_mm256_loadu_pd(x + 4 * i), w), y##i)
    static inline void o2oroute_pull_f64(
        double *row, const double *stack, const int32_t *slot, const double *weight, int32_t arcs)
    {
        __m256d y0 = _mm256_loadu_pd(row), y1 = _mm256_loadu_pd(row + 4);
        __m256d y2 = _mm256_loadu_pd(row + 8), y3 = _mm256_loadu_pd(row + 12);
        __m256d y4 = _mm256_loadu_pd(row + 16), y5 = _mm256_loadu_pd(row + 20);
        __m256d y6 = _mm256_loadu_pd(row + 24), y7 = _mm256_loadu_pd(row + 28);
        for (int32_t a = 0; a < arcs; a++) {
            const double *x = stack + (intptr_t)slot[a] * 32;
            const __m256d w = _mm256_set1_pd(weight[a]);
            O2OROUTE_STEP_F64(0); O2OROUTE_STEP_F64(1); O2OROUTE_STEP_F64(2); O2OROUTE_STEP_F64(3);
            O2OROUTE_STEP_F64(4); O2OROUTE_STEP_F64(5); O2OROUTE_STEP_F64(6); O2OROUTE_STEP_F64(7);
        }
        _mm256_storeu_pd(row, y0); _mm256_storeu_pd(row + 4, y1);
        _mm256_storeu_pd(row + 8, y2); _mm256_storeu_pd(row + 12, y3);
        _mm256_storeu_pd(row + 16, y4); _mm256_storeu_pd(row + 20, y5);
        _mm256_storeu_pd(row + 24, y6); _mm256_storeu_pd(row + 28, y7);
    }
    #else
    #define O2OROUTE_PULL(name, type) \\
        static inline void name( \\
            type *row, const type *stack, const int32_t *slot, const type *weight, int32_t arcs) \\
        { \\
            for (int32_t a = 0; a < arcs; a++) { \\
                const type *x = stack + (intptr_t)slot[a] * 32; \\
                const type w = weight[a]; \\
                for (int k = 0; k < 32; k++) { \\
                    const type way = x[k] + w; \\
                    row[k] = way < row[k] ? way : row[k]; \\
                } \\
            } \\
        }
    O2OROUTE_PULL(o2oroute_pull_i32, int32_t)
    O2OROUTE_PULL(o2oroute_pull_f64, double)
    #endif
    """
    void o2oroute_pull_i32(
        int32_t* row, const int32_t* stack, const int32_t* slot, const int32_t* weight, int32_t arcs
    ) noexcept nogil
    void o2oroute_pull_f64(
        double* row, const double* stack, const int32_t* slot, const double* weight, int32_t arcs
    ) noexcept nogil


cdef inline void clear(lane_t* row, lane_t inf) noexcept nogil:
    cdef int k
    for k in range(LANES):
        row[k] = inf


cdef inline void relax(lane_t* y, const lane_t* x, lane_t weight) noexcept nogil:
    cdef int k
    cdef lane_t way
    for k in range(LANES):
        way = x[k] + weight
        y[k] = way if way < y[k] else y[k]


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
    cdef const lane_t* weight = <const lane_t*> up.weight
    cdef const lane_t* offset = <const lane_t*> sources.offset
    cdef lane_t* row
    cdef int32_t i, k, a, v
    for i in range(count):
        clear(rows + <size_t> i * LANES, inf)
    for k in range(lanes):
        for i in range(sources.first[points[k]], sources.first[points[k] + 1]):
            row = rows + <size_t> work.place[sources.node[i]] * LANES
            if offset[i] < row[k]:
                row[k] = offset[i]
    for i in range(count - 1, -1, -1):
        v = work.met[i]
        row = rows + <size_t> i * LANES
        for a in range(up.first[v], up.first[v + 1]):
            relax(rows + <size_t> work.place[up.head[a]] * LANES, row, weight[a])


cdef void sweep_down(
    const ClosureView* closure, const LaneWorkspace* work, const lane_t* rows, lane_t* stack, lane_t* found,
    lane_t inf,
) noexcept nogil:
    cdef const lane_t* weight = <const lane_t*> closure.weight
    cdef const lane_t* offset = <const lane_t*> closure.end_offset
    cdef lane_t* row
    cdef int32_t i, a, v
    for i in range(closure.count):
        v = closure.node[i]
        row = stack + <size_t> closure.depth[i] * LANES
        if work.mark[v] == work.group:
            memcpy(row, rows + <size_t> work.place[v] * LANES, LANES * sizeof(lane_t))
        else:
            clear(row, inf)
        a = closure.first[i]
        if lane_t is int32_t:
            o2oroute_pull_i32(row, stack, closure.slot + a, weight + a, closure.first[i + 1] - a)
        else:
            o2oroute_pull_f64(row, stack, closure.slot + a, weight + a, closure.first[i + 1] - a)
        for a in range(closure.end_first[i], closure.end_first[i + 1]):
            relax(found + <size_t> closure.end_point[a] * LANES, row, offset[a])


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
                    cell = found + <size_t> ahead.swept_point[j] * LANES + k
                    if label < cell[0]:
                        cell[0] = label
                j += 1


cdef void run(
    const UpView* up, const EndsView* sources, const AheadView* ahead, const ClosureView* closure, int32_t
    targets, const int32_t* points, int32_t lanes, LaneWorkspace* work, lane_t* rows, lane_t* stack, lane_t*
    found, lane_t inf,
) noexcept nogil:
    cdef int32_t t, count = meet(up, sources, points, lanes, work)
    search_up(up, sources, points, lanes, work, rows, count, inf)
    for t in range(targets):
        clear(found + <size_t> t * LANES, inf)
    sweep_down(closure, work, rows, stack, found, inf)
    go_ahead(ahead, points, lanes, found)


cdef void run_group(
    bint packed, const UpView* up, const EndsView* sources, const AheadView* ahead, const ClosureView*
    closure, int32_t targets, const int32_t* points, int32_t lanes, LaneWorkspace* work,
) noexcept nogil:
    """Fill `work.found` for some sources, `packed` with labels that carry lengths."""
    if packed:
        run[double](
            up, sources, ahead, closure, targets, points, lanes, work, <double*> work.rows, <double*>
            work.stack, <double*> work.found, LABEL_INF,
        )
    else:
        run[int32_t](
            up, sources, ahead, closure, targets, points, lanes, work, <int32_t*> work.rows,
            <int32_t*> work.stack, <int32_t*> work.found, INF,
        )


# The found labels are turned into what the caller wants while they are in lanes, where the compiler can use
# wide registers, and then written a tile at a time so that each output row gets TILE neighbours at once.
#
# Multiplying by 0.001 gives the same float as dividing by 1000: the two products differ in the last bit of
# a double, and no ms / 1000 below 2**30 ms lies that near to the middle between two floats (it would have
# to be n / 8 with an n of 25 bits, so 2**21 seconds or more). The same holds for dm / 10 below 2**24 dm.

ctypedef fused cell_t:
    float
    int32_t


cdef inline void times_of(const int32_t* row, cell_t* out) noexcept nogil:
    cdef int k
    for k in range(LANES):
        if cell_t is float:
            out[k] = INFINITY if row[k] >= INF else <float> (<double> row[k] * 0.001)
        else:
            out[k] = INF if row[k] >= INF else row[k]


cdef inline void labels_of(const double* row, cell_t* ms_out, cell_t* dm_out, double* top) noexcept nogil:
    cdef int k
    cdef int32_t ms, dm
    cdef double label
    for k in range(LANES):
        label = row[k] if row[k] < LABEL_INF else 0.0
        top[k] = label if label > top[k] else top[k]
    for k in range(LANES):
        label = row[k] if row[k] < LABEL_LIMIT else 0.0
        ms = <int32_t> (label * LABEL_SHIFT)
        dm = <int32_t> (label - <double> ms * LABEL_ONE_MS)
        if cell_t is float:
            ms_out[k] = INFINITY if row[k] >= LABEL_LIMIT else <float> (<double> ms * 0.001)
            dm_out[k] = INFINITY if row[k] >= LABEL_LIMIT else <float> (<double> dm * 0.1)
        else:
            ms_out[k] = INF if row[k] >= LABEL_LIMIT else ms
            dm_out[k] = INF if row[k] >= LABEL_LIMIT else dm


cdef inline void write_tile(
    const cell_t* tile, const int32_t* points, int32_t lanes, int32_t begin, int32_t width, bint
    lanes_are_rows, size_t columns, cell_t* out,
) noexcept nogil:
    cdef int32_t k, j
    cdef cell_t* line
    if lanes_are_rows:
        for k in range(lanes):
            line = out + points[k] * columns + begin
            for j in range(width):
                line[j] = tile[j * LANES + k]
    else:
        for j in range(width):
            line = out + (begin + j) * columns
            for k in range(lanes):
                line[points[k]] = tile[j * LANES + k]


cdef void emit_times(
    const int32_t* found, int32_t targets, const int32_t* points, int32_t lanes, bint lanes_are_rows,
    size_t columns, cell_t* out,
) noexcept nogil:
    cdef cell_t tile[TILE * LANES]
    cdef int32_t begin = 0, width, j
    while begin < targets:
        width = TILE if targets - begin > TILE else targets - begin
        for j in range(width):
            times_of(found + <size_t> (begin + j) * LANES, tile + j * LANES)
        write_tile(tile, points, lanes, begin, width, lanes_are_rows, columns, out)
        begin += TILE


cdef void emit_labels(
    const double* found, int32_t targets, const int32_t* points, int32_t lanes, bint lanes_are_rows,
    size_t columns, cell_t* ms_out, cell_t* dm_out, double* top,
) noexcept nogil:
    cdef cell_t ms_tile[TILE * LANES]
    cdef cell_t dm_tile[TILE * LANES]
    cdef int32_t begin = 0, width, j
    while begin < targets:
        width = TILE if targets - begin > TILE else targets - begin
        for j in range(width):
            labels_of(found + <size_t> (begin + j) * LANES, ms_tile + j * LANES, dm_tile + j * LANES, top)
        write_tile(ms_tile, points, lanes, begin, width, lanes_are_rows, columns, ms_out)
        if dm_out != NULL:
            write_tile(dm_tile, points, lanes, begin, width, lanes_are_rows, columns, dm_out)
        begin += TILE


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
