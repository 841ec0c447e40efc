"""A tenant was closed: a day later what it wrote and ran is gone, and what it owed is not."""

from collections.abc import Mapping

import pytest

from infra.eventstore.mapper import recorded
from schemas.access import Role
from schemas.base import TenantId
from schemas.envelope import Actor
from schemas.execution.commands import CancelExecution
from schemas.execution.events import ExecutionCancelled
from schemas.tenancy.erasure import BeginErasure, ContentErased, TenantErased
from schemas.tenancy.life import BeginClosing
from tests.support.builders import SYSTEM, TENANT_ID, WORKFLOW_ID, llm, workflow
from tests.support.fakes.tenancy import tombstone
from tests.support.harness import Harness
from tests.support.killed import WorkerKilled
from tests.support.nodes import wait
from tests.support.story import LEDGER, RUN, RUN_ID, accept, given_tenant, given_workflow, start, tenant_admin

TENANT, WORKFLOW = f"tenant-{TENANT_ID}", f"workflow-{WORKFLOW_ID}"
DAY = 86_400.0
CLOSING = BeginClosing(tenant_id=TENANT_ID, reason="We stop.", grace_days=30)
SECRET = "our plans"
OF_TENANT = SYSTEM.model_copy(update={"tenant_id": TENANT_ID})


@pytest.fixture(params=[None, 7])
def h(request: pytest.FixtureRequest) -> Harness:
    return Harness(seed=request.param)


def owner() -> Actor:
    return tenant_admin().model_copy(update={"role": Role.TENANT_OWNER})


def given_closed(h: Harness) -> None:
    given_tenant(h)
    given_workflow(h, workflow(llm("draft", prompt=SECRET)))
    accept(h.submit(start(), as_=tenant_admin()))
    h.run()
    accept(h.submit(CLOSING, as_=owner()))
    h.advance(30 * DAY + 60)
    assert h.state(TENANT).status == "closed"


def receipts(h: Harness) -> list[TenantErased]:
    return [event for event in h.events(TENANT) if isinstance(event, TenantErased)]


def stored(h: Harness) -> str:
    return "".join(row.data.decode() for row in h.store.after(0, 100_000))


def test_its_content_goes_and_its_ledger_stays(h: Harness) -> None:
    given_closed(h)
    ledger = h.events(LEDGER)
    assert SECRET in stored(h)
    h.advance(2 * DAY)
    assert SECRET not in stored(h)
    assert h.events(LEDGER) == ledger != []
    for stream in (RUN, WORKFLOW):
        assert {type(event) for event in h.events(stream)} == {ContentErased}
    [receipt] = receipts(h)
    assert receipt.touched["events"] == len(h.events(RUN)) + len(h.events(WORKFLOW))


def test_what_was_erased_says_so_to_who_asks_for_more(h: Harness) -> None:
    given_closed(h)
    h.advance(2 * DAY)
    answer = h.submit(CancelExecution(execution_id=RUN_ID), as_=OF_TENANT)
    assert answer.refusal
    assert (answer.refusal.code, answer.refusal.kind) == ("tenancy.content_erased", "gone")


@pytest.mark.parametrize("erased", [slice(0, 1), slice(-1, None)], ids=["its first event", "its last event"])
def test_a_stream_that_is_half_erased_is_gone_too(h: Harness, erased: slice) -> None:
    given_tenant(h)
    given_workflow(h, workflow(llm("draft")))
    accept(h.submit(start(), as_=tenant_admin()))
    h.run()
    for row in h.store.streams({RUN: 0})[erased]:
        h.store.replace(tombstone(row))
    answer = h.submit(CancelExecution(execution_id=RUN_ID), as_=OF_TENANT)
    assert answer.refusal and answer.refusal.code == "tenancy.content_erased"


def test_a_worker_that_dies_over_it_leaves_nothing_half_done(
    h: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_closed(h)
    erase, deaths = h.content.erase, [WorkerKilled(), WorkerKilled()]

    async def mortal(tenant_id: TenantId) -> Mapping[str, int]:
        touched = await erase(tenant_id)
        if deaths:
            raise deaths.pop()
        return touched

    monkeypatch.setattr(h.content, "erase", mortal)
    h.advance(2 * DAY)
    [receipt] = receipts(h)
    assert receipt.touched["events"] == len(h.events(RUN)) + len(h.events(WORKFLOW))


def test_what_waits_ends_with_its_tenant(h: Harness) -> None:
    given_tenant(h)
    given_workflow(h, workflow(wait(seconds=31 * DAY), timeout_seconds=32 * DAY))
    accept(h.submit(start(), as_=tenant_admin()))
    accept(h.submit(CLOSING, as_=owner()))
    h.advance(30 * DAY + 60)
    end = h.events(RUN)[-1]
    assert isinstance(end, ExecutionCancelled) and end.reason == "The tenant was closed."


def test_one_that_is_not_closed_is_not_erased(h: Harness) -> None:
    given_tenant(h)
    given_workflow(h, workflow(llm("draft")))
    accept(h.submit(BeginErasure(tenant_id=TENANT_ID), as_=SYSTEM))
    h.run()
    assert receipts(h) == []
    assert recorded(h.store.event(WORKFLOW, 1)).event.type_name == "authoring.workflow.created"


def test_of_its_neighbours_nothing_goes(h: Harness) -> None:
    given_closed(h)
    others = [row for row in h.store.after(0, 100_000) if row.tenant_id != TENANT_ID]
    h.advance(2 * DAY)
    left = {row.position: row for row in h.store.after(0, 100_000)}
    assert [left[row.position] for row in others] == others
