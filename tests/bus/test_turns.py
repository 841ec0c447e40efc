"""Everybody in turn; in company, whoever has much to do rests between."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.company import LATELY_SECONDS
from bus.subjects import Lane
from bus.turns import EACH, LONGEST_REST_SECONDS, Turns

MUCH = EACH * 5
TOOK = 0.01
"""Seconds a batch takes."""


def come(turns: Turns[str], tenant: str, items: int, now: float = 0.0) -> None:
    for _ in range(items):
        turns.add(Lane("cmd", tenant), tenant, now)


def served(turns: Turns[str], now: float) -> str:
    """The next batch, decided in no time or in `TOOK`."""
    batch = turns.next(now)
    turns.decided(now + TOOK)
    return "".join(batch)


def test_who_is_alone_has_all_of_a_batch() -> None:
    turns = Turns[str]()
    come(turns, "a", MUCH)
    assert served(turns, 0.0) == "a" * MUCH
    assert turns.rest_seconds(TOOK) is None


def test_in_company_each_has_a_few_and_whoever_has_more_rests() -> None:
    turns = Turns[str]()
    come(turns, "a", MUCH)
    come(turns, "b", 1)
    assert served(turns, 0.0) == "ab" + "a" * (EACH - 1)
    assert served(turns, TOOK) == ""
    rest = turns.rest_seconds(TOOK)
    assert rest is not None and 0 < rest <= LONGEST_REST_SECONDS
    assert served(turns, TOOK + rest) == "a" * EACH


def test_others_are_served_while_somebody_rests_and_do_not_make_the_rest_longer() -> None:
    turns = Turns[str]()
    come(turns, "a", MUCH)
    come(turns, "b", 1)
    served(turns, 0.0)
    rested = TOOK + (turns.rest_seconds(TOOK) or 0.0)
    come(turns, "b", 1)
    assert served(turns, rested - TOOK / 2) == "b"
    assert served(turns, rested + TOOK / 2) == "a" * EACH


def test_what_comes_while_its_tenant_rests_waits_behind_what_was_there() -> None:
    turns = Turns[int]()
    for number in range(EACH + 2):
        turns.add(Lane("cmd", "a"), number, 0.0)
    turns.add(Lane("cmd", "b"), 99, 0.0)
    turns.next(0.0)
    turns.decided(TOOK)
    turns.add(Lane("cmd", "a"), 100, TOOK)
    assert turns.next(1.0) == [EACH, EACH + 1, 100]


def test_a_batch_that_took_long_does_not_make_a_long_rest() -> None:
    turns = Turns[str]()
    come(turns, "a", MUCH)
    come(turns, "b", 1)
    turns.next(0.0)
    turns.decided(0.9)
    assert turns.rest_seconds(0.9) == pytest.approx(LONGEST_REST_SECONDS)


def test_where_everybody_has_much_to_do_nobody_rests() -> None:
    turns = Turns[str]()
    come(turns, "a", MUCH)
    come(turns, "b", MUCH)
    assert served(turns, 0.0) == "ab" * EACH
    assert served(turns, TOOK) == "ab" * EACH


def test_commands_and_reactions_of_a_tenant_rest_together() -> None:
    turns = Turns[str]()
    come(turns, "a", MUCH)
    for _ in range(MUCH):
        turns.add(Lane("react", "a"), "r", 0.0)
    come(turns, "b", 1)
    assert served(turns, 0.0) == "arb" + "ar" * (EACH - 1)
    assert served(turns, TOOK) == ""


def test_when_the_others_have_gone_nobody_rests() -> None:
    turns = Turns[str]()
    come(turns, "a", MUCH)
    come(turns, "b", 1)
    served(turns, 0.0)
    come(turns, "a", 1, LATELY_SECONDS + TOOK)
    assert served(turns, LATELY_SECONDS + TOOK) == "a" * (MUCH - EACH + 1)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 30)), min_size=1, max_size=30))
def test_all_that_comes_is_decided_once_and_in_each_ones_order(arrivals: list[tuple[str, int]]) -> None:
    turns, numbers, now, came, decided = Turns[tuple[str, int]](), count(), 0.0, 0, list[tuple[str, int]]()
    for tenant, items in arrivals:
        for _ in range(items):
            turns.add(Lane("cmd", tenant), (tenant, next(numbers)), now)
            came += 1
        decided += turns.next(now)
        now += TOOK
        turns.decided(now)
    while len(decided) < came:
        before = len(decided)
        now += turns.rest_seconds(now) or 0.0
        decided += turns.next(now)
        assert len(decided) > before, "somebody rests for ever"
        now += TOOK
        turns.decided(now)
    for tenant in "abc":
        mine = [number for owner, number in decided if owner == tenant]
        assert mine == sorted(set(mine))
