# Legs between points as the rooms read them: checked, cut out, transposed.

# side of the squares in which legs are compared and transposed: two of them fit the innermost cache
cdef enum:
    TILE = 64


def _checked_legs(durations, distances):
    """Check the legs of all profiles; return the number of points."""
    if len(durations) != len(distances):
        raise InputError(
            f"there are durations of {len(durations)} profiles and distances of {len(distances)}"
        )
    if not durations:
        return 0
    points = checked(durations[0], "durations[0]", np.int32, (-1, -1)).shape[0]
    for name, legs in (("durations", durations), ("distances", distances)):
        for i, array in enumerate(legs):
            checked(array, f"{name}[{i}]", np.int32, (points, points), low=0, high=INF)
    return points


def cut_legs(legs, points):
    """Return the legs between some points.

    Parameters
    ----------
    legs : ndarray of int32, shape (all points, all points)
    points : ndarray of int32, shape (points,)

    Returns
    -------
    ndarray of int32, shape (points, points)

    Raises
    ------
    InputError
        If an array has another dtype or shape, or a point is out of range.
    """
    cdef Py_ssize_t size = checked(legs, "legs", np.int32, (-1, -1)).shape[1]
    cdef Py_ssize_t count = checked(
        points, "points", np.int32, (-1,), low=0, high=min(size, legs.shape[0]) - 1
    ).shape[0]
    chosen = np.array(points)
    found = np.empty((count, count), dtype=np.int32)
    cdef const int32_t* numbers = _int32_pointer(chosen)
    cdef const int32_t* source = _int32_pointer(legs.reshape(-1))
    cdef int32_t* target = _int32_pointer(found.reshape(-1))
    cdef Py_ssize_t i, j
    with nogil:
        for i in range(count):
            for j in range(count):
                target[i * count + j] = source[numbers[i] * size + numbers[j]]
    return found


def _transposed(legs):
    """Return the transposed array; what is symmetric, as many academic instances are, is its own."""
    cdef Py_ssize_t size = legs.shape[0]
    cdef const int32_t* source = _int32_pointer(legs.reshape(-1))
    cdef int32_t* target
    cdef bint is_symmetric
    with nogil:
        is_symmetric = are_symmetric(source, size)
    if is_symmetric:
        return legs
    transposed = np.empty_like(legs)
    target = _int32_pointer(transposed.reshape(-1))
    with nogil:
        transpose(source, size, target)
    return transposed


cdef bint are_symmetric(const int32_t* legs, Py_ssize_t size) noexcept nogil:
    cdef Py_ssize_t tiles = (size + TILE - 1) // TILE
    cdef Py_ssize_t row, column, i, j
    cdef bint alike = True
    for row in range(tiles):
        for column in range(row + 1):
            for i in range(row * TILE, min((row + 1) * TILE, size)):
                for j in range(column * TILE, min((column + 1) * TILE, size)):
                    alike &= legs[i * size + j] == legs[j * size + i]
            if not alike:  # on roads, in the first square
                return False
    return True


cdef void transpose(const int32_t* legs, Py_ssize_t size, int32_t* transposed) noexcept nogil:
    cdef Py_ssize_t tiles = (size + TILE - 1) // TILE
    cdef Py_ssize_t row, column, i, j
    for row in range(tiles):
        for column in range(tiles):
            for i in range(row * TILE, min((row + 1) * TILE, size)):
                for j in range(column * TILE, min((column + 1) * TILE, size)):
                    transposed[i * size + j] = legs[j * size + i]


def _greatest_leg(durations, lengths):
    """Return the greatest length of a leg that there is a way for."""
    cdef const int32_t* ticks = _int32_pointer(durations.reshape(-1))
    cdef const int32_t* length = _int32_pointer(lengths.reshape(-1))
    cdef Py_ssize_t count = durations.size
    cdef Py_ssize_t i
    cdef int32_t greatest = 0
    with nogil:
        for i in range(count):
            greatest = max(greatest, length[i] if ticks[i] < INF else 0)
    return greatest
