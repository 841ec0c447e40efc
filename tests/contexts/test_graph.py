from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from contexts.graph import descendants, find_cycle, parents_of, peel, reachable

NODES = [f"n{i}" for i in range(12)]
pairs = st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda p: p[0] != p[1])
dags = st.lists(pairs.map(lambda p: (NODES[min(p)], NODES[max(p)])), max_size=40)
graphs = st.lists(pairs.map(lambda p: (NODES[p[0]], NODES[p[1]])), max_size=40)


@given(edges=dags, nodes=st.permutations(NODES))
def test_every_node_comes_after_its_parents(edges: list[tuple[str, str]], nodes: list[str]) -> None:
    order = peel(nodes, edges)
    assert find_cycle(nodes, edges) is None
    assert sorted(order) == sorted(NODES)
    assert all(order.index(source) < order.index(target) for source, target in edges)


@given(edges=graphs)
def test_a_cycle_found_is_a_cycle_and_none_is_overlooked(edges: list[tuple[str, str]]) -> None:
    cycle = find_cycle(NODES, edges)
    on_a_cycle = [node for node in NODES if node in descendants(edges, node)]
    if cycle is None:
        assert not on_a_cycle
    else:
        assert set(zip(cycle, (*cycle[1:], cycle[0]), strict=True)) <= set(edges)
        assert len(set(cycle)) == len(cycle)


def test_what_hangs_on_a_cycle_is_not_part_of_it() -> None:
    cycle = find_cycle(["a", "b", "c"], [("a", "b"), ("b", "a"), ("b", "c")])
    assert cycle is not None and set(cycle) == {"a", "b"}


def test_all_nodes_before_and_after_are_found() -> None:
    edges = [("a", "b"), ("b", "c"), ("x", "c"), ("c", "d")]
    assert reachable(parents_of(edges), "c") == {"a", "b", "x"}
    assert reachable(parents_of(edges), "a") == frozenset()
    assert descendants(edges, "a") == {"b", "c", "d"}


def test_a_very_deep_graph_is_no_problem() -> None:
    nodes = [str(i) for i in range(5_000)]
    edges = list(pairwise(nodes))
    assert peel(nodes, edges) == tuple(nodes)
    assert len(descendants(edges, nodes[0])) == 4_999
