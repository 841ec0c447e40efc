import time
from collections.abc import Iterator

import pytest

from bus import failpoints
from bus.failpoints import FailpointReached, arm, reach


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    yield
    arm("")


def test_nothing_happens_unless_it_is_armed() -> None:
    for name in failpoints.POINTS:
        reach(name)


def test_an_armed_point_acts_once_at_the_given_time() -> None:
    arm("commit.before=error:2")
    reach("commit.before")
    reach("commit.after")
    with pytest.raises(FailpointReached, match=r"commit\.before"):
        reach("commit.before")
    reach("commit.before")


def test_points_are_armed_together(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    arm("relay.before_publish=sleep:1.5, effect.claimed=sleep:2:3")
    for _ in range(3):
        reach("relay.before_publish")
        reach("effect.claimed")
    assert slept == [1.5, 2.0]


@pytest.mark.parametrize(
    "text", ["nowhere=crash", "commit.before=explode", "commit.before=sleep", "commit.before"]
)
def test_what_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="unknown"):
        arm(text)
