"""Random numbers: xoshiro256++, seeded by splitmix64.

Blackman, Vigna: Scrambled linear pseudorandom number generators, ACM Transactions on Mathematical Software
47, 2021. One seed gives one sequence on every machine.
"""

from libc.stdint cimport uint32_t, uint64_t

cdef struct Rng:
    uint64_t[4] word


cdef inline void seed_rng(Rng* rng, uint64_t seed) noexcept nogil:
    cdef uint64_t mixed
    cdef int i
    for i in range(4):
        seed += <uint64_t> 0x9E3779B97F4A7C15
        mixed = seed
        mixed = (mixed ^ (mixed >> 30)) * <uint64_t> 0xBF58476D1CE4E5B9
        mixed = (mixed ^ (mixed >> 27)) * <uint64_t> 0x94D049BB133111EB
        rng.word[i] = mixed ^ (mixed >> 31)


cdef inline uint64_t rotated(uint64_t word, int by) noexcept nogil:
    return (word << by) | (word >> (64 - by))


cdef inline uint64_t next_word(Rng* rng) noexcept nogil:
    cdef uint64_t* w = rng.word
    cdef uint64_t found = rotated(w[0] + w[3], 23) + w[0]
    cdef uint64_t shifted = w[1] << 17
    w[2] ^= w[0]
    w[3] ^= w[1]
    w[1] ^= w[2]
    w[0] ^= w[3]
    w[2] ^= shifted
    w[3] = rotated(w[3], 45)
    return found


cdef inline uint32_t below(Rng* rng, uint32_t bound) noexcept nogil:
    """Return a number from 0 to `bound` - 1; for small bounds as good as uniform."""
    return <uint32_t> (((next_word(rng) >> 32) * bound) >> 32)


cdef inline double unit_random(Rng* rng) noexcept nogil:
    """Return a number above 0, and 1 at most."""
    return <double> ((next_word(rng) >> 11) + 1) * (1.0 / 9007199254740992.0)
