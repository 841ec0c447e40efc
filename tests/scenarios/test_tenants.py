"""Who may start what."""

from uuid import UUID

from schemas.base import TenantId
from schemas.envelope import Answer
from schemas.execution.commands import ResumeExecution
from schemas.tenancy.commands import ReinstateTenant, RestrictTenant, SuspendTenant
from tests.support.builders import TENANT_ID, llm, new_user, partner_admin, provision_tenant, workflow
from tests.support.harness import Harness
from tests.support.story import RUN, RUN_ID, accept, given_tenant, given_workflow, names, start, tenant_admin

OTHER = TenantId(UUID(int=51))
SUSPEND = SuspendTenant(tenant_id=TENANT_ID, reason="unpaid")
REINSTATE = ReinstateTenant(tenant_id=TENANT_ID, reason="paid")


def refusal(answer: Answer) -> tuple[str, str]:
    assert answer.refusal is not None
    return answer.refusal.code, answer.refusal.kind


def given_two_tenants(h: Harness) -> None:
    given_tenant(h)
    eve = new_user(user_id=UUID(int=52), email="eve@example.com")
    accept(h.submit(provision_tenant(tenant_id=OTHER, subdomain="other", owner=eve), as_=partner_admin()))
    h.run()


def test_a_suspended_tenant_starts_nothing(h: Harness) -> None:
    given_tenant(h)
    given_workflow(h, workflow(llm()))
    accept(h.submit(SUSPEND, as_=partner_admin()))
    refused = h.submit(start(), as_=tenant_admin())
    h.run()
    assert refusal(refused) == ("tenancy.tenant_suspended", "forbidden")
    assert (h.events(RUN), h.chat.calls) == ([], [])


def test_a_restricted_tenant_starts_nothing_new_and_what_runs_goes_on(h: Harness) -> None:
    given_tenant(h)
    given_workflow(h, workflow(llm()))
    accept(h.submit(start(), as_=tenant_admin()))
    accept(h.submit(RestrictTenant(tenant_id=TENANT_ID, reason="unpaid"), as_=partner_admin()))
    refused = h.submit(start(execution_id=UUID(int=101)), as_=tenant_admin())
    h.run()
    assert refusal(refused) == ("tenancy.tenant_restricted", "forbidden")
    assert names(h.events(RUN))[-1] == "succeeded"


def test_a_reinstated_tenant_works_again(h: Harness) -> None:
    given_tenant(h)
    given_workflow(h, workflow(llm()))
    for command in (SUSPEND, REINSTATE):
        accept(h.submit(command, as_=partner_admin()))
    accept(h.submit(start(), as_=tenant_admin()))
    h.run()
    assert names(h.events(f"tenant-{TENANT_ID}"))[2:] == ["suspended", "reinstated"]
    assert names(h.events(RUN))[-1] == "succeeded"


def test_what_runs_when_its_tenant_is_suspended_stops_and_goes_on_later(h: Harness) -> None:
    given_tenant(h)
    given_workflow(h, workflow(llm("first"), llm("second"), edges=[("first", "second")]))
    accept(h.submit(start(), as_=tenant_admin()))
    accept(h.submit(SUSPEND, as_=partner_admin()))
    h.run()
    assert h.state(RUN).status == "paused"
    assert h.chat.calls == []
    accept(h.submit(REINSTATE, as_=partner_admin()))
    accept(h.submit(ResumeExecution(execution_id=RUN_ID), as_=tenant_admin()))
    h.run()
    assert names(h.events(RUN))[-1] == "succeeded"
    assert len(h.chat.calls) == 2


def test_another_tenants_workflow_does_not_exist(h: Harness) -> None:
    given_two_tenants(h)
    given_workflow(h, workflow(llm()))
    refused = h.submit(start(), as_=tenant_admin(OTHER))
    h.run()
    assert refusal(refused) == ("execution.source_not_found", "not_found")
    assert h.events(RUN) == []


def test_another_tenants_run_cannot_be_started_over(h: Harness) -> None:
    given_two_tenants(h)
    given_workflow(h, workflow(llm()))
    accept(h.submit(start(), as_=tenant_admin()))
    assert refusal(h.submit(start(), as_=tenant_admin(OTHER))) == ("access.not_found", "not_found")


def test_a_tenant_cannot_suspend_itself(h: Harness) -> None:
    given_tenant(h)
    assert refusal(h.submit(SUSPEND, as_=tenant_admin())) == ("access.denied", "forbidden")


def test_a_subdomain_has_one_owner(h: Harness) -> None:
    given_tenant(h)
    eve = new_user(user_id=UUID(int=52), email="eve@example.com")
    second = provision_tenant(tenant_id=OTHER, owner=eve)
    assert refusal(h.submit(second, as_=partner_admin())) == ("conflict.subdomain_taken", "conflict")
    assert h.events(f"tenant-{OTHER}") == []
