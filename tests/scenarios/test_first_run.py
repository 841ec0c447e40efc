from decimal import Decimal
from uuid import UUID

from schemas.authoring.commands import CreateAgent, CreateWorkflow, PublishWorkflow
from schemas.authoring.parts import InputSpec
from schemas.billing.commands import SetSystemRate
from schemas.billing.events import CallSettled
from schemas.execution.chat import Usage
from schemas.execution.commands import StartExecution
from schemas.execution.events import ExecutionSucceeded
from schemas.tenancy.commands import CreatePartner
from tests.support.builders import (
    AGENT_ID,
    MODEL,
    PARTNER_ID,
    TENANT_ID,
    WORKFLOW_ID,
    agent,
    app_admin,
    create_partner,
    llm,
    new_user,
    partner_admin,
    provision_tenant,
    text,
    workflow,
)
from tests.support.harness import Harness
from tests.support.llm_script import Behaviour
from tests.support.money import RATES
from tests.support.story import (
    LEDGER,
    RUN,
    RUN_ID,
    accept,
    ends,
    given_tenant,
    ledger,
    names,
    start,
    tenant_admin,
)

LETTER = workflow(
    text("subject", "About {{ inputs.topic }}"),
    llm("body", prompt="Write a letter. {{ steps.subject.output }}"),
    text("letter", "{{ steps.subject.output }}\n{{ steps.body.output }}"),
    edges=[("subject", "body"), ("body", "letter")],
    inputs={"topic": InputSpec()},
    output="{{ steps.letter.output }}",
)


def partner() -> CreatePartner:
    return create_partner(admin=new_user(user_id=UUID(int=41), email="b@n.example"))


def test_from_an_empty_platform_to_a_ledger_entry(h: Harness) -> None:
    h.chat.script(MODEL, Behaviour(text="Dear Ada, hello there", input_tokens=1_000))
    accept(h.submit(SetSystemRate(model=MODEL, rates=RATES), as_=app_admin()))
    accept(h.submit(partner(), as_=app_admin()))
    h.run()
    accept(h.submit(provision_tenant(), as_=partner_admin()))
    h.run()
    assert names(h.events(f"tenant-{TENANT_ID}")) == ["provisioned", "activated"]

    owner = tenant_admin()
    accept(h.submit(CreateWorkflow(workflow_id=WORKFLOW_ID, name="Letter", definition=LETTER), as_=owner))
    accept(h.submit(PublishWorkflow(workflow_id=WORKFLOW_ID), as_=owner))
    accept(h.submit(start(inputs={"topic": "tea"}), as_=owner))
    h.run()
    assert h.events(RUN)[-1] == ExecutionSucceeded(
        execution_id=RUN_ID, output="About tea\nDear Ada, hello there", spent=Decimal("0.003978")
    )
    assert "".join(h.deltas.texts[RUN_ID, "body", 1]) == "Dear Ada, hello there"
    assert h.chat.calls[0].messages[0].content == "Write a letter. About tea"
    assert_charged(h)


def assert_charged(h: Harness) -> None:
    """1,000 x 3 + 4 x 15 dollars per million; 30 % on top; 20 % of that to the partner."""
    settled = h.events(LEDGER)[-1]
    assert isinstance(settled, CallSettled)
    assert settled.usage == Usage(input=1_000, output=4)
    assert (settled.cost, settled.price, settled.commission) == (
        Decimal("0.00306"),
        Decimal("0.003978"),
        Decimal("0.0007956"),
    )
    sides = {side: sum(p.amount for p in settled.postings if p.side == side) for side in ("debit", "credit")}
    assert sides["debit"] == sides["credit"] == settled.cost + settled.price
    assert (ledger(h).posted, ledger(h).held) == (settled.price, Decimal(0))
    assert not ledger(h).holds


def test_an_agent_answers_a_message(h: Harness) -> None:
    given_tenant(h)
    create = CreateAgent(agent_id=AGENT_ID, name="Clerk", definition=agent())
    accept(h.submit(create, as_=tenant_admin()))
    ask = StartExecution(
        execution_id=RUN_ID, source_kind="agent", source_id=AGENT_ID, inputs={"message": "Tea?"}
    )
    accept(h.submit(ask, as_=tenant_admin()))
    h.run()
    assert h.events(RUN)[-1] == ExecutionSucceeded(
        execution_id=RUN_ID, output="ok: Tea?", spent=Decimal("0.000117")
    )
    assert [message.role for message in h.chat.calls[0].messages] == ["system", "user"]
    assert ends(h) == [(1, "call_settled")]


def test_who_comes_with_a_partner_and_a_tenant_can_log_in(h: Harness) -> None:
    given_tenant(h)
    users = {stream.removeprefix("user-") for stream in h.streams("user")}
    owner, admin = (h.state(f"team-{place}").roles for place in (TENANT_ID, PARTNER_ID))
    assert users == {str(user_id) for user_id in (*owner, *admin)}
    assert [*owner.values(), *admin.values()] == ["tenant_owner", "partner_admin"]
