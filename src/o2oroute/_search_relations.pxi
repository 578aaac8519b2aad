# Part of _search.pyx: relations between requests in the layout of the rooms.


def _ties(relation_kind, relation_first, relation_task, Py_ssize_t nodes):
    """Return relations as they are, and by node that may be a member; see ``_kernel/relations.pyx``."""
    relations = checked(relation_kind, "relation_kind", np.int32, (-1,), low=0, high=IN_SEQUENCE).shape[0]
    members = checked(relation_task, "relation_task", np.int32, (-1,), low=0, high=nodes - 1).shape[0]
    checked(relation_first, "relation_first", np.int32, (relations + 1,), low=0, high=members)
    if relation_first[0] != 0 or relation_first[relations] != members or (np.diff(relation_first) < 0).any():
        raise InputError(f"relation_first must ascend from 0 to {members}, the number of members")
    relation = np.repeat(np.arange(relations), np.diff(relation_first))
    if np.unique(np.column_stack((relation, relation_task)), axis=0).shape[0] < members:
        raise InputError("relation_task names a task twice in one relation")
    order = np.argsort(relation_task, kind="stable")
    rank = np.arange(members) - relation_first[relation]
    return {
        "tie_first": np.searchsorted(relation_task[order], np.arange(nodes + 1)).astype(np.int32),
        "tie_relation": relation[order].astype(np.int32),
        "tie_rank": rank[order].astype(np.int32),
        "relation_kind": _flat(relation_kind),
        "relation_first": _flat(relation_first),
        "relation_task": _flat(relation_task),
    }
