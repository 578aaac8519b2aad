# Arithmetic on rows of labels side by side, ROW_BYTES each.
#
# The room that includes this file has set O2OROUTE_ROW_BYTES, a power of two.
#
# Nearly all time goes into one loop: row = min(start, x + weight) over the arcs into one node. With wide
# registers the row stays in them for all arcs, which no compiler does by itself for a row of this length.

from libc.stdint cimport int32_t, uint32_t

cdef enum:
    TURNED = 8  # cells each way of the squares in which lanes become lines of a matrix
    TILE = 16 * TURNED  # cells of the lanes in a cache line, for so many targets

cdef extern from *:
    """
    #include <math.h>
    #include <stddef.h>
    #include <stdint.h>
    #if defined(__AVX2__)
    #include <immintrin.h>
    #endif

    /* what of a row lies in one cache line */
    #define O2OROUTE_LINE_BYTES (O2OROUTE_ROW_BYTES > 64 ? 64 : O2OROUTE_ROW_BYTES)

    /* Elementwise, whatever the rows are. */
    #if defined(__clang__)
    #define O2OROUTE_NO_OVERLAP _Pragma("clang loop vectorize(assume_safety)")
    #elif defined(__GNUC__)
    #define O2OROUTE_NO_OVERLAP _Pragma("GCC ivdep")
    #else
    #define O2OROUTE_NO_OVERLAP
    #endif
    #if defined(__GNUC__) && !defined(__clang__)
    #define O2OROUTE_UNROLL _Pragma("GCC unroll 8")
    #else
    #define O2OROUTE_UNROLL
    #endif

    #define O2OROUTE_PULL_HEAD(name, type) \\
        static inline void name( \\
            type *row, const type *start, const type *stack, const int32_t *slot, const type *weight, \\
            int32_t arcs)

    #define O2OROUTE_PULL_WIDE(name, type, vector, LOAD, STORE, SET1, ADD, MIN) \\
        O2OROUTE_PULL_HEAD(name, type) \\
        { \\
            enum { STEP = sizeof(vector) / sizeof(type), COUNT = O2OROUTE_ROW_BYTES / sizeof(vector) }; \\
            vector y[COUNT]; \\
            O2OROUTE_UNROLL \\
            for (int i = 0; i < COUNT; i++) y[i] = LOAD((const void *)(start + STEP * i)); \\
            for (int32_t a = 0; a < arcs; a++) { \\
                const type *x = stack + (intptr_t)slot[a] * (STEP * COUNT); \\
                const vector w = SET1(weight[a]); \\
                O2OROUTE_UNROLL \\
                for (int i = 0; i < COUNT; i++) \\
                    y[i] = MIN(ADD(LOAD((const void *)(x + STEP * i)), w), y[i]); \\
            } \\
            O2OROUTE_UNROLL \\
            for (int i = 0; i < COUNT; i++) STORE((void *)(row + STEP * i), y[i]); \\
        }

    /* The first arc may come from the row itself, so it is read in the pass that begins to write. */
    #define O2OROUTE_PULL_PLAIN(name, type) \\
        O2OROUTE_PULL_HEAD(name, type) \\
        { \\
            enum { LANES = O2OROUTE_ROW_BYTES / sizeof(type) }; \\
            for (int32_t a = 0; a < arcs; a++) { \\
                const type *x = stack + (intptr_t)slot[a] * LANES, *y = a ? row : start; \\
                const type w = weight[a]; \\
                O2OROUTE_NO_OVERLAP \\
                for (int k = 0; k < LANES; k++) { \\
                    const type way = x[k] + w; \\
                    row[k] = way < y[k] ? way : y[k]; \\
                } \\
            } \\
            for (int k = 0; k < LANES && !arcs; k++) row[k] = start[k]; \\
        }

    #if O2OROUTE_ROW_BYTES >= 64 && defined(__AVX512F__)
    O2OROUTE_PULL_WIDE(
        o2oroute_pull_i32, int32_t, __m512i, _mm512_loadu_si512, _mm512_storeu_si512, _mm512_set1_epi32,
        _mm512_add_epi32, _mm512_min_epi32)
    O2OROUTE_PULL_WIDE(
        o2oroute_pull_f64, double, __m512d, _mm512_loadu_pd, _mm512_storeu_pd, _mm512_set1_pd, _mm512_add_pd,
        _mm512_min_pd)
    #elif O2OROUTE_ROW_BYTES >= 64 && defined(__AVX2__)
    #define O2OROUTE_LOAD_I32(p) _mm256_loadu_si256((const __m256i *)(p))
    #define O2OROUTE_STORE_I32(p, y) _mm256_storeu_si256((__m256i *)(p), y)
    #define O2OROUTE_LOAD_F64(p) _mm256_loadu_pd((const double *)(p))
    #define O2OROUTE_STORE_F64(p, y) _mm256_storeu_pd((double *)(p), y)
    O2OROUTE_PULL_WIDE(
        o2oroute_pull_i32, int32_t, __m256i, O2OROUTE_LOAD_I32, O2OROUTE_STORE_I32, _mm256_set1_epi32,
        _mm256_add_epi32, _mm256_min_epi32)
    O2OROUTE_PULL_WIDE(
        o2oroute_pull_f64, double, __m256d, O2OROUTE_LOAD_F64, O2OROUTE_STORE_F64, _mm256_set1_pd,
        _mm256_add_pd, _mm256_min_pd)
    #else
    O2OROUTE_PULL_PLAIN(o2oroute_pull_i32, int32_t)
    O2OROUTE_PULL_PLAIN(o2oroute_pull_f64, double)
    #endif

    /* The cells of the lanes in one cache line; see lanes.pxi for why the products are right. */
    static inline void o2oroute_seconds(const int32_t *row, float *out)
    {
    #if O2OROUTE_ROW_BYTES >= 64 && defined(__AVX512F__)
        for (int i = 0; i < 16; i += 8) {
            const __m256i ms = _mm256_loadu_si256((const __m256i *)(row + i));
            const __m512d seconds = _mm512_mul_pd(_mm512_cvtepi32_pd(ms), _mm512_set1_pd(0.001));
            const __mmask8 none = _mm256_cmpge_epi32_mask(ms, _mm256_set1_epi32(O2OROUTE_INF));
            _mm256_storeu_ps(
                out + i, _mm256_mask_mov_ps(_mm512_cvtpd_ps(seconds), none, _mm256_set1_ps(INFINITY)));
        }
    #elif O2OROUTE_ROW_BYTES >= 64 && defined(__AVX2__)
        const __m256d unit = _mm256_set1_pd(0.001);
        for (int i = 0; i < 16; i += 8) {
            const __m256i ms = _mm256_loadu_si256((const __m256i *)(row + i));
            const __m256d low = _mm256_mul_pd(_mm256_cvtepi32_pd(_mm256_castsi256_si128(ms)), unit);
            const __m256d high = _mm256_mul_pd(_mm256_cvtepi32_pd(_mm256_extracti128_si256(ms, 1)), unit);
            const __m256i none = _mm256_cmpgt_epi32(ms, _mm256_set1_epi32(O2OROUTE_INF - 1));
            const __m256 seconds = _mm256_insertf128_ps(
                _mm256_castps128_ps256(_mm256_cvtpd_ps(low)), _mm256_cvtpd_ps(high), 1);
            _mm256_storeu_ps(
                out + i, _mm256_blendv_ps(seconds, _mm256_set1_ps(INFINITY), _mm256_castsi256_ps(none)));
        }
    #else
        for (int k = 0; k < (int)(O2OROUTE_LINE_BYTES / sizeof(int32_t)); k++)
            out[k] = row[k] >= O2OROUTE_INF ? INFINITY : (float)(row[k] * 0.001);
    #endif
    }

    /* The same of labels that carry lengths; top keeps the largest of those that are finite. */
    static inline void o2oroute_seconds_and_metres(const double *row, float *s_out, float *m_out, double *top)
    {
    #if O2OROUTE_ROW_BYTES >= 64 && defined(__AVX512F__)
        const __m512d x = _mm512_loadu_pd(row), inf = _mm512_set1_pd(INFINITY);
        const __mmask8 finite = _mm512_cmp_pd_mask(x, _mm512_set1_pd(O2OROUTE_LABEL_INF), _CMP_LT_OQ);
        const __mmask8 good = _mm512_cmp_pd_mask(x, _mm512_set1_pd(O2OROUTE_LABEL_LIMIT), _CMP_LT_OQ);
        const __m512d ms = _mm512_roundscale_pd(_mm512_mul_pd(x, _mm512_set1_pd(O2OROUTE_LABEL_SHIFT)), 0x0B);
        const __m512d dm = _mm512_sub_pd(x, _mm512_mul_pd(ms, _mm512_set1_pd(O2OROUTE_LABEL_ONE_MS)));
        const __m512d s = _mm512_mask_mul_pd(inf, good, ms, _mm512_set1_pd(0.001));
        const __m512d m = _mm512_mask_mul_pd(inf, good, dm, _mm512_set1_pd(0.1));
        const __m512d before = _mm512_loadu_pd(top);
        _mm512_storeu_pd(top, _mm512_mask_max_pd(before, finite, before, x));
        _mm256_storeu_ps(s_out, _mm512_cvtpd_ps(s));
        _mm256_storeu_ps(m_out, _mm512_cvtpd_ps(m));
    #elif O2OROUTE_ROW_BYTES >= 64 && defined(__AVX2__)
        const __m256d inf = _mm256_set1_pd(INFINITY);
        for (int i = 0; i < 8; i += 4) {
            const __m256d x = _mm256_loadu_pd(row + i);
            const __m256d finite = _mm256_cmp_pd(x, _mm256_set1_pd(O2OROUTE_LABEL_INF), _CMP_LT_OQ);
            const __m256d good = _mm256_cmp_pd(x, _mm256_set1_pd(O2OROUTE_LABEL_LIMIT), _CMP_LT_OQ);
            const __m256d label = _mm256_and_pd(x, good), none = _mm256_andnot_pd(good, inf);
            const __m256d ms = _mm256_round_pd(
                _mm256_mul_pd(label, _mm256_set1_pd(O2OROUTE_LABEL_SHIFT)), 0x0B);
            const __m256d dm = _mm256_sub_pd(label, _mm256_mul_pd(ms, _mm256_set1_pd(O2OROUTE_LABEL_ONE_MS)));
            const __m256d s = _mm256_or_pd(_mm256_mul_pd(ms, _mm256_set1_pd(0.001)), none);
            const __m256d m = _mm256_or_pd(_mm256_mul_pd(dm, _mm256_set1_pd(0.1)), none);
            _mm256_storeu_pd(top + i, _mm256_max_pd(_mm256_loadu_pd(top + i), _mm256_and_pd(x, finite)));
            _mm_storeu_ps(s_out + i, _mm256_cvtpd_ps(s));
            _mm_storeu_ps(m_out + i, _mm256_cvtpd_ps(m));
        }
    #else
        for (int k = 0; k < (int)(O2OROUTE_LINE_BYTES / sizeof(double)); k++) {
            const int good = row[k] < O2OROUTE_LABEL_LIMIT;
            const double label = good ? row[k] : 0.0;
            const double ms = (int32_t)(label * O2OROUTE_LABEL_SHIFT);
            const double dm = label - ms * O2OROUTE_LABEL_ONE_MS;
            if (row[k] < O2OROUTE_LABEL_INF && row[k] > top[k]) top[k] = row[k];
            s_out[k] = good ? (float)(ms * 0.001) : INFINITY;
            m_out[k] = good ? (float)(dm * 0.1) : INFINITY;
        }
    #endif
    }

    /* Write eight cells, tile[0 .. 7 * stride], of each of eight columns to a line of their own. */
    static inline void o2oroute_turn(
        const uint32_t *tile, int32_t stride, uint32_t *out, const int32_t *line, size_t length)
    {
    #if defined(__AVX2__)
        __m256 r0 = _mm256_loadu_ps((const float *)tile);
        __m256 r1 = _mm256_loadu_ps((const float *)(tile + stride));
        __m256 r2 = _mm256_loadu_ps((const float *)(tile + 2 * stride));
        __m256 r3 = _mm256_loadu_ps((const float *)(tile + 3 * stride));
        __m256 r4 = _mm256_loadu_ps((const float *)(tile + 4 * stride));
        __m256 r5 = _mm256_loadu_ps((const float *)(tile + 5 * stride));
        __m256 r6 = _mm256_loadu_ps((const float *)(tile + 6 * stride));
        __m256 r7 = _mm256_loadu_ps((const float *)(tile + 7 * stride));
        /* pairs of rows, then fours, then the halves of all eight */
        const __m256 a0 = _mm256_unpacklo_ps(r0, r1), a1 = _mm256_unpackhi_ps(r0, r1);
        const __m256 a2 = _mm256_unpacklo_ps(r2, r3), a3 = _mm256_unpackhi_ps(r2, r3);
        const __m256 a4 = _mm256_unpacklo_ps(r4, r5), a5 = _mm256_unpackhi_ps(r4, r5);
        const __m256 a6 = _mm256_unpacklo_ps(r6, r7), a7 = _mm256_unpackhi_ps(r6, r7);
        r0 = _mm256_shuffle_ps(a0, a2, 0x44);
        r1 = _mm256_shuffle_ps(a0, a2, 0xEE);
        r2 = _mm256_shuffle_ps(a1, a3, 0x44);
        r3 = _mm256_shuffle_ps(a1, a3, 0xEE);
        r4 = _mm256_shuffle_ps(a4, a6, 0x44);
        r5 = _mm256_shuffle_ps(a4, a6, 0xEE);
        r6 = _mm256_shuffle_ps(a5, a7, 0x44);
        r7 = _mm256_shuffle_ps(a5, a7, 0xEE);
        _mm256_storeu_ps((float *)(out + (size_t)line[0] * length), _mm256_permute2f128_ps(r0, r4, 0x20));
        _mm256_storeu_ps((float *)(out + (size_t)line[1] * length), _mm256_permute2f128_ps(r1, r5, 0x20));
        _mm256_storeu_ps((float *)(out + (size_t)line[2] * length), _mm256_permute2f128_ps(r2, r6, 0x20));
        _mm256_storeu_ps((float *)(out + (size_t)line[3] * length), _mm256_permute2f128_ps(r3, r7, 0x20));
        _mm256_storeu_ps((float *)(out + (size_t)line[4] * length), _mm256_permute2f128_ps(r0, r4, 0x31));
        _mm256_storeu_ps((float *)(out + (size_t)line[5] * length), _mm256_permute2f128_ps(r1, r5, 0x31));
        _mm256_storeu_ps((float *)(out + (size_t)line[6] * length), _mm256_permute2f128_ps(r2, r6, 0x31));
        _mm256_storeu_ps((float *)(out + (size_t)line[7] * length), _mm256_permute2f128_ps(r3, r7, 0x31));
    #else
        for (int k = 0; k < 8; k++)
            for (int j = 0; j < 8; j++)
                out[(size_t)line[k] * length + j] = tile[j * stride + k];
    #endif
    }
    """
    enum:
        ROW_BYTES "O2OROUTE_ROW_BYTES"
        LINE_BYTES "O2OROUTE_LINE_BYTES"

    void o2oroute_pull_i32(
        int32_t* row, const int32_t* start, const int32_t* stack, const int32_t* slot, const int32_t* weight,
        int32_t arcs,
    ) noexcept nogil
    void o2oroute_pull_f64(
        double* row, const double* start, const double* stack, const int32_t* slot, const double* weight,
        int32_t arcs,
    ) noexcept nogil
    void o2oroute_seconds(const int32_t* row, float* out) noexcept nogil
    void o2oroute_seconds_and_metres(
        const double* row, float* s_out, float* m_out, double* top
    ) noexcept nogil
    void o2oroute_turn(
        const uint32_t* tile, int32_t stride, uint32_t* out, const int32_t* line, size_t length
    ) noexcept nogil


cdef inline void clear(lane_t* row, lane_t inf) noexcept nogil:
    cdef int k
    for k in range(<int> (ROW_BYTES // sizeof(lane_t))):
        row[k] = inf


cdef inline void relax(lane_t* y, const lane_t* x, lane_t weight) noexcept nogil:
    cdef int k
    cdef lane_t way
    for k in range(<int> (ROW_BYTES // sizeof(lane_t))):
        way = x[k] + weight
        y[k] = way if way < y[k] else y[k]
