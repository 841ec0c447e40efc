import pytest

from api.buckets import Buckets


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def taken(buckets: Buckets, name: str, tries: int) -> int:
    return sum(buckets.take(name) == 0 for _ in range(tries))


@pytest.mark.parametrize("burst", [1, 3, 100])
def test_a_full_bucket_gives_its_burst_and_then_at_its_rate(burst: int) -> None:
    clock = Clock()
    buckets = Buckets(per_minute=30, burst=burst, now=clock)
    assert taken(buckets, "a", burst + 5) == burst
    assert buckets.take("a") == pytest.approx(2)
    clock.seconds = 1
    assert buckets.take("a") == pytest.approx(1)
    clock.seconds = 2
    assert taken(buckets, "a", 5) == 1
    clock.seconds = 10_000
    assert taken(buckets, "a", burst + 5) == burst


def test_buckets_have_nothing_to_do_with_each_other() -> None:
    buckets = Buckets(burst=2, now=Clock())
    assert (taken(buckets, "a", 5), taken(buckets, "b", 5)) == (2, 2)


def test_no_more_than_so_many_are_remembered() -> None:
    buckets = Buckets(burst=1, now=Clock(), kept=2)
    assert [taken(buckets, name, 1) for name in "abca"] == [1, 1, 1, 1]
    assert taken(buckets, "c", 1) == 0
