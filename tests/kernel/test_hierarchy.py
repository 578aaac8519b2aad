"""The many-lane kernel against plain searches on random graphs: times, lengths, ways, metrics."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from o2oroute._core import (
    INF,
    ROOMS,
    Graph,
    Hierarchy,
    LaneMemory,
    ManyLanes,
    Metric,
    PathMemory,
    Seeds,
    Selection,
    Sweep,
    Workspace,
    dijkstra_path,
    hierarchy_path,
    lane_rows,
    nested_dissection,
)
from o2oroute.errors import RoutingError
from o2oroute.matrix.many_to_many import many_to_many
from o2oroute.matrix.reference import reference_matrix
from routing_cases import Case, cases, compiled, int32, plain_row


def plain_matrix(case):
    rows = [plain_row(case, source) for source in range(len(case.points))]
    return np.array(rows).reshape(len(rows), len(rows), 2)


def metric_over(graph, rank):
    return Metric(Hierarchy(graph, int32(rank)))


def lanes_matrix(metric, sources, targets, *, lengths, backwards, room, kind=np.int32):
    """Return (ms, dm, exact) through the compiled door alone, group by group."""
    lanes, swept = (targets, sources) if backwards else (sources, targets)
    selection = Selection(metric.hierarchy, swept, departing=backwards)
    many = ManyLanes(Sweep(metric, selection, lengths=lengths), lanes, room=room)
    assert many.shape == (sources.points, targets.points)
    ms = np.full(many.shape, -7, kind)
    dm = np.full(many.shape, -7, kind) if lengths else None
    memory = LaneMemory(many.sweep.metric.hierarchy)
    exact = [lane_rows(many, group, group + 1, ms, dm, memory) for group in reversed(range(many.groups))]
    return ms, dm, all(exact)


def matrix_or_refusal(compute):
    try:
        return compute()
    except RoutingError as error:
        return str(error)


def orders(nodes):
    return st.permutations(range(nodes))


@settings(max_examples=400, deadline=None)
@given(cases(), st.data())
def test_cells_are_those_of_a_plain_search(case, data):
    if data.draw(st.booleans()):  # lengths without time are beyond packed labels
        case = case._replace(
            node_ms=[max(ms, dm // 3 + 1) for ms, dm in zip(case.node_ms, case.node_dm, strict=True)]
        )
    graph, seeds = compiled(case)
    metric = metric_over(graph, data.draw(orders(graph.nodes)))
    expected = plain_matrix(case)
    for backwards in (False, True):
        for room in ROOMS:
            for lengths in (False, True):
                ms, dm, exact = lanes_matrix(
                    metric, seeds, seeds, lengths=lengths, backwards=backwards, room=room
                )
                note(f"backwards={backwards} room={room} lengths={lengths} exact={exact}")
                if exact:
                    assert np.array_equal(ms, expected[..., 0])
                    assert dm is None or np.array_equal(dm, expected[..., 1])
                else:  # only then may the caller have to ask the slow way
                    assert expected[..., 0][expected[..., 0] < INF].max() > metric.most_exact_ms


@settings(max_examples=200, deadline=None)
@given(cases(), st.data())
def test_a_matrix_is_the_reference_whatever_the_labels(case, data):
    """Also where packed labels are not exact: long ways, and ways that take no time."""
    stretch = data.draw(st.sampled_from([1, 100, 1000]))
    case = case._replace(
        node_dm=[dm * stretch for dm in case.node_dm],
        points=[[(node, ms, dm * stretch) for node, ms, dm in point] for point in case.points],
    )
    graph, seeds = compiled(case)
    metric = metric_over(graph, data.draw(orders(graph.nodes)))
    expected = matrix_or_refusal(lambda: reference_matrix(seeds, seeds, threads=1))
    found = matrix_or_refusal(lambda: many_to_many(metric, seeds, seeds, threads=1))
    if isinstance(expected, str):
        if isinstance(found, str):
            assert found.split(",")[0] == expected.split(",")[0]
        else:  # a plain search gives up at the first label that does not fit, even one that no cell needs
            plain = plain_matrix(case)
            assert np.array_equal(found.ms, plain[..., 0])
            assert np.array_equal(found.dm, plain[..., 1])
        return
    assert np.array_equal(found.ms, expected.ms)
    assert np.array_equal(found.dm, expected.dm)
    alone = many_to_many(metric, seeds, seeds, threads=1, distances=False)
    assert np.array_equal(alone.ms, expected.ms)


@settings(max_examples=200, deadline=None)
@given(cases(), st.data())
def test_seconds_and_metres_are_the_rounded_integers(case, data):
    graph, seeds = compiled(case)
    metric = metric_over(graph, data.draw(orders(graph.nodes)))
    expected = plain_matrix(case)
    cells = np.where(expected >= INF, np.inf, expected / (1000.0, 10.0)).astype(np.float32)
    for room in ROOMS:
        for lengths in (False, True):
            ms, dm, exact = lanes_matrix(
                metric, seeds, seeds, lengths=lengths, backwards=False, room=room, kind=np.float32
            )
            if exact:
                assert np.array_equal(ms, cells[..., 0])
                assert dm is None or np.array_equal(dm, cells[..., 1])


def single_arc(ms, dm):
    """One target behind one arc of each length."""
    count = len(ms)
    graph = Graph(
        int32([*range(count + 1), *[count] * count]), int32(range(count, 2 * count)), ms,
        np.append(ms, np.zeros_like(ms)), np.append(dm, np.zeros_like(dm)),
    )  # fmt: skip
    zero = np.zeros(count, np.int32)
    every = int32(range(count + 1))
    return graph, Seeds(graph, every, int32(range(count)), zero, zero), every, zero


@pytest.mark.parametrize("room", ROOMS)
def test_each_time_becomes_the_float_that_a_division_gives(room):
    """The kernel multiplies by 0.001; checked where a float changes, and at random.

    Both kinds of lanes hold times below 2**29 ms.
    """
    chance = np.random.default_rng(3)
    edges = np.round(np.arange(2**23, 2**24, 2**23 // 3000) / 2.0 ** np.arange(4, 24)[:, None] * 1000)
    near = (edges.ravel()[:, None] + np.arange(-2, 3)).ravel()
    times = np.unique(np.concatenate([near, chance.integers(0, 2**29, 60_000), np.arange(3000)]))
    times = times[(times >= 0) & (times < 2**29)].astype(np.int32)
    for lengths in (False, True):
        found = through_one_row(times, np.zeros_like(times), lengths=lengths, room=room)[0]
        assert np.array_equal(found, (times / 1000.0).astype(np.float32))


@pytest.mark.parametrize("room", ROOMS)
def test_each_length_becomes_the_float_that_a_division_gives(room):
    lengths = np.unique(
        np.concatenate([np.arange(0, 2**23, 97), np.arange(2**23 - 2000, 2**23), np.arange(3000)])
    ).astype(np.int32)
    times = lengths.astype(np.int32)
    ms, dm = through_one_row(times, lengths, lengths=True, room=room)
    assert np.array_equal(ms, (times / 1000.0).astype(np.float32))
    assert np.array_equal(dm, (lengths / 10.0).astype(np.float32))


def through_one_row(ms, dm, *, lengths, room):
    """Return the cells from one point to one target straight ahead for each pair of values."""
    graph = Graph(int32([0, 0]), int32([]), int32([]), int32([2**29 - 1]), int32([INF]))
    start = Seeds(graph, int32([0, 1]), int32([0]), int32([0]), int32([0]))
    ends = Seeds(graph, int32(range(len(ms) + 1)), np.zeros(len(ms), np.int32), ms, dm)
    metric = metric_over(graph, [0])
    assert Sweep(metric, Selection(metric.hierarchy, ends), lengths=lengths).packed == lengths
    cells = lanes_matrix(metric, start, ends, lengths=lengths, backwards=False, room=room, kind=np.float32)
    return cells[0][0], cells[1][0] if lengths else None


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([1, 2, 3, 31, 32, 33, 64, 70]),
    st.sampled_from([1, 7, 8, 9, 50]),
)
def test_groups_and_tiles_of_any_size_are_filled(seed, sources, targets):
    """Sizes on both sides of the 32 or 64 lanes of a group and the 8 rows of a tile."""
    graph, network_points = random_network(np.random.default_rng(seed), 40, 90)
    one, other = network_points(sources), network_points(targets)
    metric = metric_over(graph, np.random.default_rng(seed).permutation(40))
    expected = reference_matrix(one, other, threads=1)
    for backwards in (False, True):
        for room in ROOMS:
            for lengths in (False, True):
                for kind in (np.int32, np.float32):
                    ms, dm, exact = lanes_matrix(
                        metric, one, other, lengths=lengths, backwards=backwards, room=room, kind=kind
                    )
                    assert exact
                    assert np.array_equal(ms, in_units(expected.ms, 1000, kind))
                    assert not lengths or np.array_equal(dm, in_units(expected.dm, 10, kind))


def in_units(integers, per_unit, kind):
    if kind == np.int32:
        return integers
    return np.where(integers < INF, integers / per_unit, np.inf).astype(np.float32)


def street_weights(chance, nodes):
    """Return times and lengths at speeds of up to 100 km/h, so that packed labels go far."""
    node_ms = int32(chance.integers(1, 50_000, nodes))
    return node_ms, int32(chance.random(nodes) * 0.28 * node_ms)


def random_network(chance, nodes, arcs):
    """Return a random graph, and a function that gives random points on it, of none to three seeds."""
    tail = np.sort(chance.integers(0, nodes, arcs))
    node_ms, node_dm = street_weights(chance, nodes)
    graph = Graph(
        int32(np.searchsorted(tail, range(nodes + 1))),
        int32(chance.integers(0, nodes, arcs)),
        int32(node_ms[tail] + chance.integers(0, 5000, arcs)),
        node_ms,
        node_dm,
    )

    def points(count):
        seeds = chance.integers(0, 4, count)
        node = int32(chance.integers(0, nodes, seeds.sum()))
        ms, dm = (int32(chance.random(node.size) * of[node]) for of in (node_ms, node_dm))
        return Seeds(graph, int32(np.concatenate(([0], np.cumsum(seeds)))), node, ms, dm)

    return graph, points


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("shape", [(300, 200), (200, 300), (1, 300), (300, 1), (0, 5), (5, 0)])
def test_the_number_of_threads_makes_no_difference(monkeypatch, threads, shape):
    monkeypatch.setattr("o2oroute.matrix.many_to_many._BLOCK_CELLS", 1)  # a block for each group
    chance = np.random.default_rng(5)
    graph, points = random_network(chance, 500, 1300)
    metric = metric_over(graph, chance.permutation(500))
    sources, targets = points(shape[0]), points(shape[1])
    expected = reference_matrix(sources, targets, threads=1)
    found = many_to_many(metric, sources, targets, threads=threads)
    assert found.ms.shape == shape
    assert np.array_equal(found.ms, expected.ms)
    assert np.array_equal(found.dm, expected.dm)


# --- metrics ---


def other_weights(graph, chance, share=1.0):
    """Return the graph with other weights on a share of its nodes, and of the arcs out of them."""
    nodes = graph.nodes
    change = chance.random(nodes) < share
    node_ms, node_dm = street_weights(chance, nodes)
    return np.where(change, node_ms, graph.node_ms), np.where(change, node_dm, graph.node_dm), change


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.05, 0.5, 1.0]))
def test_other_weights_on_the_same_arcs_are_computed_anew_or_in_part(seed, share):
    chance = np.random.default_rng(seed)
    nodes, arcs = 40, 110
    tail = np.sort(chance.integers(0, nodes, arcs))
    first, head = int32(np.searchsorted(tail, range(nodes + 1))), int32(chance.integers(0, nodes, arcs))

    def with_weights(node_ms, node_dm, turn):
        return Graph(first, head, int32(node_ms[tail] + turn), int32(node_ms), int32(node_dm))

    turn = chance.integers(0, 5000, arcs)
    old = with_weights(*street_weights(chance, nodes), turn)
    node_ms, node_dm, change = other_weights(old, chance, share)
    new = with_weights(node_ms, node_dm, np.where(change[tail], turn // 2, turn))
    hierarchy = Hierarchy(old, int32(chance.permutation(nodes)))
    before = Metric(hierarchy)
    full, part = Metric(hierarchy, new), Metric(hierarchy, new, before)
    assert part.rows <= full.rows == nodes
    assert part.rows > 0 or not (change & (np.diff(first) > 0)).any() or (head == tail).any()

    every = Seeds(new, int32(range(nodes + 1)), int32(range(nodes)), *np.zeros((2, nodes), np.int32))
    expected = reference_matrix(every, every, threads=1)
    for metric in (full, part):
        assert lanes_matrix(metric, every, every, lengths=True, backwards=False, room="base")[2]
        found = many_to_many(metric, every, every, threads=1)
        assert np.array_equal(found.ms, expected.ms)
        assert np.array_equal(found.dm, expected.dm)
        assert np.array_equal(many_to_many(metric, every, every, threads=1, distances=False).ms, expected.ms)
    # the metric before is what it was
    old_points = Seeds(old, int32(range(nodes + 1)), int32(range(nodes)), *np.zeros((2, nodes), np.int32))
    expected = reference_matrix(old_points, old_points, threads=1)
    assert np.array_equal(many_to_many(before, old_points, old_points, threads=1).dm, expected.dm)


def test_a_change_of_one_arc_reaches_few_rows():
    """A long chain in nested order: what one segment changes lies on the way up from it."""
    nodes = 1023
    node = int32(range(nodes))
    ms = np.full(nodes, 1000, np.int32)
    first, head = int32([*range(nodes), nodes - 1]), node[1:]
    chain = Graph(first, head, ms[:-1], ms, ms)
    middle_last = np.array([bin(i + 1 & -(i + 1)).count("0") for i in range(nodes)])
    rank = np.empty(nodes, np.int32)
    rank[np.argsort(middle_last, kind="stable")] = node
    hierarchy = Hierarchy(chain, rank)
    assert hierarchy.depth == 10
    slower = ms.copy()
    slower[500] = 5000
    metric = Metric(hierarchy, Graph(first, head, slower[:-1], slower, ms), Metric(hierarchy))
    assert 1 <= metric.rows <= 2 * hierarchy.depth


@settings(max_examples=100, deadline=None)
@given(cases(), st.data())
def test_arcs_may_be_taken_away_under_the_same_order(case, data):
    """Turn bans: the order was made for more arcs than there are."""
    order = data.draw(orders(len(case.node_ms)))
    kept = case._replace(turns=[turn for turn in case.turns if data.draw(st.booleans())])
    graph, seeds = compiled(kept)
    found = many_to_many(metric_over(graph, order), seeds, seeds, threads=1)
    assert np.array_equal(np.stack((found.ms, found.dm), 2), plain_matrix(kept))


# --- ways ---


@settings(max_examples=400, deadline=None)
@given(cases(), st.data())
def test_ways_are_walked_and_add_up_to_their_cells(case, data):
    graph, seeds = compiled(case)
    metric = metric_over(graph, data.draw(orders(graph.nodes)))
    flat = [seed for point in case.points for seed in point]
    owner = [i for i, point in enumerate(case.points) for _ in point]
    memory, workspace = PathMemory(metric), Workspace(graph)
    for source in range(seeds.points):
        for target in range(seeds.points):
            expected = dijkstra_path(seeds, source, seeds, target, workspace)
            try:
                way = hierarchy_path(seeds, source, seeds, target, memory)
            except RoutingError:
                assert expected[0] > metric.most_exact_ms
                continue
            note(f"{source} -> {target}: {way}, expected {expected}")
            if expected is None:
                assert way is None
                continue
            ms, dm, arcs, source_seed, target_seed = way
            assert (ms, dm) == expected[:2]
            assert (owner[source_seed], owner[target_seed]) == (source, target)
            at, o_ms, o_dm = flat[source_seed]
            end, p_ms, p_dm = flat[target_seed]
            walked_ms, walked_dm = p_ms - o_ms, p_dm - o_dm
            for arc in arcs.tolist():
                tail, head, turn = case.turns[arc]
                assert tail == at
                walked_ms += case.node_ms[tail] + turn
                walked_dm += case.node_dm[tail]
                at = head
            assert (at, walked_ms, walked_dm) == (end, ms, dm)


# --- what does not fit packed labels ---


def long_chain(ms, dm, *, count=4):
    """A chain of equal nodes with a point at the start of each."""
    turns = [(i, i + 1, 0) for i in range(count - 1)]
    return Case([ms] * count, [dm] * count, turns, [[(i, 0, 0)] for i in range(count)])


@pytest.mark.parametrize(
    ("ms", "dm"),
    [
        (2**28, 1),  # beyond 2**29 ms
        (2**28 - 1, 10),
        (1000, 2**23),  # beyond 2**24 dm
        (0, 2**23),  # lengths without time, which carry over into the times
        (0, 2**28),
        (1, 2**24 - 1),
        (2**28, 2**28),
    ],
)
@pytest.mark.parametrize("backwards", [False, True])
def test_long_ways_are_found_to_be_long_and_computed_otherwise(ms, dm, backwards):
    graph, seeds = compiled(long_chain(ms, dm))
    metric = metric_over(graph, [2, 0, 3, 1])
    expected = reference_matrix(seeds, seeds, threads=1)
    for room in ROOMS:
        found = lanes_matrix(metric, seeds, seeds, lengths=True, backwards=backwards, room=room)
        if found[2]:
            assert np.array_equal(found[0], expected.ms)
            assert np.array_equal(found[1], expected.dm)
    raw = many_to_many(metric, seeds, seeds)
    assert np.array_equal(raw.ms, expected.ms)
    assert np.array_equal(raw.dm, expected.dm)
    memory = PathMemory(metric)
    for target in range(4):
        try:
            way = hierarchy_path(seeds, 0, seeds, target, memory)
            assert way[:2] == (expected.ms[0, target], expected.dm[0, target])
        except RoutingError as error:
            assert "too long for packed labels" in str(error)  # noqa: PT017 - some targets are near


@pytest.mark.parametrize("half", ["ms", "dm"])
def test_a_way_that_does_not_fit_is_the_error_of_the_reference(half):
    long, short = INF // 2 + 1, 1
    graph, seeds = compiled(long_chain(*((long, short) if half == "ms" else (short, long))))
    metric = metric_over(graph, [0, 1, 2, 3])
    with pytest.raises(RoutingError, match="source 0 takes 1073741823"):
        reference_matrix(seeds, seeds, threads=1)
    with pytest.raises(RoutingError, match="source 0 takes 1073741823"):
        many_to_many(metric, seeds, seeds, threads=1)


def test_times_up_to_the_last_that_fits_are_exact_without_lengths():
    case = Case([INF - 1, 0], [5, 0], [(0, 1, 0)], [[(0, 0, 0)], [(1, 0, 0)]])
    graph, seeds = compiled(case)
    found = many_to_many(metric_over(graph, [0, 1]), seeds, seeds, distances=False)
    assert found.ms.tolist() == [[0, INF - 1], [INF, 0]]


def test_many_points_on_one_segment_are_each_ahead_or_round_the_ring():
    """Every pair shares its nodes, so that the way straight on counts for half of them."""
    chance = np.random.default_rng(4)
    count = 200
    ring = Graph(
        int32([0, 1, 2]), int32([1, 0]), int32([10_000, 2000]), int32([10_000, 2000]), int32([900, 200])
    )
    ms = np.sort(int32(chance.integers(0, 10_000, count)))
    dm = np.minimum(ms // 11, 900).astype(np.int32)
    points = Seeds(ring, int32(range(count + 1)), np.zeros(count, np.int32), ms, dm)
    expected = np.where(ms[:, None] <= ms, ms - ms[:, None], ms - ms[:, None] + 12_000)
    for backwards in (False, True):
        found, _, _ = lanes_matrix(
            metric_over(ring, [0, 1]), points, points, lengths=True, backwards=backwards, room="base"
        )
        assert np.array_equal(found, expected)


# --- the order ---


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 60),
    st.integers(1, 30),
    st.integers(0, 2**32 - 1),
    st.integers(1, 8),
    st.sampled_from([0.01, 0.25, 0.49]),
    st.sampled_from([1, 3, 10**7]),
)
def test_a_nested_dissection_is_a_permutation(nodes, junctions, seed, directions, share, extent):
    """Loops, parallel segments, many parts, and junctions on one spot or one line."""
    chance = np.random.default_rng(seed)
    tail, head = chance.integers(0, junctions, (2, nodes)).astype(np.int32)
    lon, lat = chance.integers(0, extent, (2, junctions)).astype(np.int32)
    rank = nested_dissection(tail, head, lon, lat, directions=directions, share=share)
    assert rank.dtype == np.int32
    assert np.array_equal(np.sort(rank), np.arange(nodes))
    again = nested_dissection(tail, head, lon, lat, directions=directions, share=share)
    assert np.array_equal(rank, again)


def test_a_nested_dissection_of_a_grid_has_small_separators():
    side = 20
    place = np.arange(side * side, dtype=np.int32).reshape(side, side)
    across = np.stack((place[:, :-1].ravel(), place[:, 1:].ravel()))
    along = np.stack((place[:-1].ravel(), place[1:].ravel()))
    tail, head = np.concatenate([across, along, across[::-1], along[::-1]], axis=1)
    lat, lon = np.array(np.divmod(place.ravel(), side), dtype=np.int32) * 1000
    by_tail = np.argsort(tail, kind="stable")
    begin = np.searchsorted(tail[by_tail], np.arange(side * side + 1))
    onward = [by_tail[begin[v] : begin[v + 1]] for v in head]
    arcs = int32(np.concatenate(onward))
    first = int32(np.cumsum([0, *map(len, onward)]))
    ones = np.ones(tail.size, np.int32)
    graph = Graph(first, arcs, np.ones(arcs.size, np.int32), ones, ones)
    nested = Hierarchy(graph, nested_dissection(tail, head, lon, lat))
    by_rows = Hierarchy(graph, int32(range(tail.size)))
    assert nested.depth < 12 * side  # cuts of 2 s, 2 s, s, s, s / 2 ... segments, if they halve
    assert nested.entries < by_rows.entries / 3
