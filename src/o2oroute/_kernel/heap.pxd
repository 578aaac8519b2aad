"""A 4-ary heap of (label, node), smallest label first, without decrease-key.

Layout: ``entries[0:size]``; the children of entry ``i`` are ``4 i + 1 .. 4 i + 4``, side by side, so that the
smallest of four is found in one or two cache lines. Invariant: no entry is smaller than its parent.

A node whose label falls is pushed again; the older entry is stale, and whoever pops it must skip it (its
label is no longer the node's). In return no table of each node's place in the heap has to be kept.

The room is the caller's: ``entries`` must hold as many entries as are ever pushed.
"""

from libc.stdint cimport int32_t

from o2oroute._kernel.dtypes cimport label_t

cdef struct HeapEntry:
    label_t label
    int32_t node
    int32_t unused  # fills the entry up to 16 bytes

cdef struct Heap:
    HeapEntry* entries
    Py_ssize_t size


cdef inline void heap_push(Heap* heap, label_t label, int32_t node) noexcept nogil:
    cdef Py_ssize_t hole = heap.size
    cdef Py_ssize_t parent
    heap.size += 1
    while hole > 0:
        parent = (hole - 1) >> 2
        if heap.entries[parent].label <= label:
            break
        heap.entries[hole] = heap.entries[parent]
        hole = parent
    heap.entries[hole].label = label
    heap.entries[hole].node = node


cdef inline Py_ssize_t smallest_child(const Heap* heap, Py_ssize_t first) noexcept nogil:
    cdef const HeapEntry* child = &heap.entries[first]
    cdef Py_ssize_t left, right
    if first + 4 <= heap.size:
        # two rounds of a knockout, written so that no jump depends on labels: those jumps cannot be predicted
        left = child[1].label < child[0].label
        right = 2 + (child[3].label < child[2].label)
        return first + (right if child[right].label < child[left].label else left)
    left = 0
    for right in range(1, heap.size - first):
        if child[right].label < child[left].label:
            left = right
    return first + left


cdef inline HeapEntry heap_pop(Heap* heap) noexcept nogil:
    """Remove and return the smallest entry of a heap that is not empty."""
    cdef HeapEntry top = heap.entries[0]
    cdef HeapEntry last
    cdef Py_ssize_t hole = 0
    cdef Py_ssize_t child
    heap.size -= 1
    last = heap.entries[heap.size]
    while 4 * hole + 1 < heap.size:
        child = smallest_child(heap, 4 * hole + 1)
        if heap.entries[child].label >= last.label:
            break
        heap.entries[hole] = heap.entries[child]
        hole = child
    heap.entries[hole] = last
    return top
