# Pointers to the first item of checked arrays; NULL for one that is empty, or none.


cdef int32_t* _int32_pointer(array) except? NULL:
    if array is None:
        return NULL
    cdef const int32_t[::1] values = array
    return <int32_t*> &values[0] if values.shape[0] > 0 else NULL


cdef int64_t* _int64_pointer(array) except? NULL:
    if array is None:
        return NULL
    cdef const int64_t[::1] values = array
    return <int64_t*> &values[0] if values.shape[0] > 0 else NULL


cdef uint8_t* _bytes_pointer(array) except? NULL:
    if array is None:
        return NULL
    cdef const uint8_t[::1] values = array
    return <uint8_t*> &values[0] if values.shape[0] > 0 else NULL


cdef double* _float64_pointer(array) except? NULL:
    if array is None:
        return NULL
    cdef const double[::1] values = array
    return <double*> &values[0] if values.shape[0] > 0 else NULL
