"""What the decider remembers is taken for the last word until the store says otherwise."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from bus import wiring
from bus.admission import Admission
from bus.decider import WARY, Decider
from schemas.envelope import Actor, Answer
from schemas.tenancy.commands import ReinstateTenant, SuspendTenant
from tests.support.builders import TENANT_ID, noop, workflow
from tests.support.harness import LIMITS, Harness
from tests.support.story import accept, final, start, started, tenant_admin

OPERATOR = Actor(kind="operator", id="tests")
SUSPEND = SuspendTenant(tenant_id=TENANT_ID, reason="unpaid")


class Watched(Harness):
    """`read`: the streams each look into the store was for."""

    def __init__(self) -> None:
        super().__init__()
        self.read = list[list[str]]()
        load = self.store.load

        def watched(message_ids: Sequence[UUID], after: Mapping[str, int]) -> Any:
            self.read.append(sorted(after))
            return load(message_ids, after)

        self.store.load = watched  # type: ignore[method-assign]

    def elsewhere(self, *args: Any, **kwargs: Any) -> Answer:
        """Decided by another process on the same store."""
        ours = self._decider
        self._decider = Decider(self.store, wiring.HANDLERS, wiring.FACTS, self.clock, Admission(LIMITS))
        try:
            return accept(self.submit(*args, **kwargs))
        finally:
            self._decider = ours
            self.read.clear()


@pytest.fixture
def h() -> Watched:
    h = Watched()
    started(h, workflow(noop("a")))
    h.read.clear()
    return h


def begin(h: Watched, run: UUID | None = None, **changes: Any) -> str | None:
    """Why it was refused, if it was."""
    answer = h.submit(start(execution_id=run or uuid4(), **changes), as_=tenant_admin())
    return answer.refusal.code if answer.refusal else None


def test_a_run_of_what_is_remembered_begins_without_a_look_into_the_store(h: Watched) -> None:
    assert begin(h) is None
    assert h.read == []


def test_what_somebody_else_changed_counts_though_another_state_was_remembered(h: Watched) -> None:
    h.elsewhere(SUSPEND, as_=OPERATOR)
    assert begin(h) == "tenancy.tenant_suspended"


def test_a_refusal_too_is_of_the_last_state(h: Watched) -> None:
    h.submit(SUSPEND, as_=OPERATOR)
    assert begin(h) == "tenancy.tenant_suspended"
    h.elsewhere(ReinstateTenant(tenant_id=TENANT_ID, reason="paid"), as_=OPERATOR)
    assert begin(h) is None


def test_a_run_that_somebody_else_began_is_not_begun_again(h: Watched) -> None:
    run = uuid4()
    h.elsewhere(start(execution_id=run), as_=tenant_admin())
    before = final(h)
    assert begin(h, run, inputs={"other": 1}) == "execution.exists"
    assert final(h) == before


def test_after_a_conflict_all_is_read_for_a_while(h: Watched) -> None:
    h.elsewhere(SUSPEND, as_=OPERATOR)
    begin(h)
    h.read.clear()
    begin(h)
    assert h.read
    h.clock.advance(WARY)
    h.read.clear()
    begin(h)
    assert h.read == []
