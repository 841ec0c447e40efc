from collections import OrderedDict

from hypothesis import given
from hypothesis import strategies as st

from bus.fair_batch import Lanes, add, fair_batch

Item = tuple[str, int]


def lanes_of(names: str) -> Lanes[str, Item]:
    lanes: Lanes[str, Item] = OrderedDict()
    for number, name in enumerate(names):
        add(lanes, name, (name, number))
    return lanes


def test_everybody_has_a_turn_before_anybody_has_two() -> None:
    lanes = lanes_of("aaaaaabac")
    assert fair_batch(lanes, 4) == [("a", 0), ("b", 6), ("c", 8), ("a", 1)]
    assert fair_batch(lanes, 9) == [("a", n) for n in (2, 3, 4, 5, 7)]
    assert not lanes


def test_who_was_not_in_this_batch_is_first_in_the_next() -> None:
    lanes = lanes_of("aabbcc")
    assert [name for name, _ in fair_batch(lanes, 2)] == ["a", "b"]
    assert [name for name, _ in fair_batch(lanes, 2)] == ["c", "a"]


@given(st.text("abcd", max_size=60), st.lists(st.integers(1, 20), min_size=60, max_size=60))
def test_nothing_is_lost_and_each_keeps_its_order(names: str, sizes: list[int]) -> None:
    lanes = lanes_of(names)
    taken = [item for size in sizes for item in fair_batch(lanes, size)]
    assert sorted(taken, key=lambda item: item[1]) == list(lanes_items(names))
    for name in set(names):
        numbers = [number for owner, number in taken if owner == name]
        assert numbers == sorted(numbers)


def lanes_items(names: str) -> list[Item]:
    return [(name, number) for number, name in enumerate(names)]


def test_nobody_has_more_of_a_batch_than_each_may() -> None:
    lanes, full = lanes_of("aaaaabac"), lanes_of("")
    assert fair_batch(lanes, 9, 2, full) == [("a", 0), ("b", 5), ("c", 7), ("a", 1)]
    assert not lanes
    assert list(full["a"]) == [("a", n) for n in (2, 3, 4, 6)]


def test_who_has_just_what_they_may_is_not_full() -> None:
    lanes, full = lanes_of("aab"), lanes_of("")
    assert fair_batch(lanes, 9, 2, full) == [("a", 0), ("b", 2), ("a", 1)]
    assert not full
