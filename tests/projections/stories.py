"""Events as the contexts record them, in the order they record them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID, uuid4

from schemas.authoring.definition import Source
from schemas.base import PartnerId, TenantId
from schemas.billing import events as billing
from schemas.billing.types import Commission, Percent, Posting, Pricing, SystemRate, Terms, TokenRates
from schemas.envelope import Recorded
from schemas.execution import events as execution
from schemas.execution.chat import ChatMessage, ChatRequest, Usage
from schemas.execution.types import CallRef, StepError
from tests.projections.world import EPOCH, PARTNER, TENANT, World

WORKFLOW = Source(kind="workflow", id=UUID(int=7), version=1, hash="h1", name="Greet")
MODEL = "local/smollm2"
DEADLINE = EPOCH + timedelta(hours=1)
RATE = SystemRate(
    rate_id="r1",
    model=MODEL,
    rates=TokenRates(input=Decimal("0.5"), output=Decimal("1.5")),
    effective_from=EPOCH,
)
TERMS = Terms(
    terms_id="t1",
    price=Percent(markup_percent=Decimal(20)),
    commission=Commission(percent=Decimal(10)),
    effective_from=EPOCH,
)
PRICING = Pricing(system_rate=RATE, terms=TERMS)


def started(execution_id: UUID) -> execution.ExecutionStarted:
    return execution.ExecutionStarted(
        execution_id=execution_id, source=WORKFLOW, inputs={"who": "Ada"}, deadline=DEADLINE
    )


def run(
    world: World, output: Any = "hello", tenant: TenantId = TENANT, partner: PartnerId | None = PARTNER
) -> tuple[UUID, list[Recorded]]:
    """A workflow of three steps that do nothing."""
    id_ = uuid4()
    steps = [step for node in ("a", "b", "c") for step in one_step(id_, node, output)]
    end = execution.ExecutionSucceeded(execution_id=id_, output=output)
    return id_, world.record(f"execution-{id_}", started(id_), *steps, end, tenant=tenant, partner=partner)


def one_step(id_: UUID, node: str, output: Any) -> list[execution.StepScheduled | execution.StepSucceeded]:
    return [
        execution.StepScheduled(execution_id=id_, node=node, attempt=1, kind="noop"),
        execution.StepSucceeded(execution_id=id_, node=node, attempt=1, output=output),
    ]


def requested(call: CallRef) -> execution.CallRequested:
    request = ChatRequest(
        model=MODEL,
        messages=(ChatMessage(role="user", content="Hi"),),
        max_output_tokens=16,
        timeout_seconds=60,
    )
    return execution.CallRequested(
        execution_id=call.execution_id,
        node=call.node,
        attempt=call.attempt,
        call=call,
        request=request,
        max_input_tokens=8,
    )


def call(execution_id: UUID | None = None, node: str = "ask", attempt: int = 1) -> CallRef:
    return CallRef(execution_id=execution_id or uuid4(), node=node, attempt=attempt, requested_at=EPOCH)


def ledger(tenant: TenantId = TENANT, period: str = "2026-09") -> str:
    return f"ledger-{tenant}-{period}"


def authorized(ref: CallRef, hold: str = "0.5", tenant: TenantId = TENANT) -> billing.CallAuthorized:
    return billing.CallAuthorized(
        tenant_id=tenant,
        call=ref,
        model=MODEL,
        hold=Decimal(hold),
        pricing=PRICING,
        request_ref="execution-x@2",
        expires_at=EPOCH + timedelta(minutes=5),
    )


def settled(
    ref: CallRef, price: str = "0.12", tenant: TenantId = TENANT, partner: PartnerId = PARTNER
) -> billing.CallSettled:
    amount = Decimal(price)
    legs: tuple[tuple[str, Literal["debit", "credit"], Decimal], ...] = (
        ("tenant", "debit", amount),
        ("platform", "credit", amount),
    )
    return billing.CallSettled(
        tenant_id=tenant,
        partner_id=partner,
        call=ref,
        model=MODEL,
        usage=Usage(input=10, output=5, reasoning=2),
        pricing=PRICING,
        cost=Decimal("0.1"),
        price=amount,
        commission=Decimal("0.012"),
        postings=tuple(Posting(account=a, side=s, amount=x) for a, s, x in legs),
        degraded=False,
    )


def unknown(ref: CallRef, tenant: TenantId = TENANT) -> billing.CallUnknown:
    return billing.CallUnknown(
        tenant_id=tenant, call=ref, reason="worker died", resolve_at=EPOCH + timedelta(hours=2)
    )


def written_off(ref: CallRef, tenant: TenantId = TENANT) -> billing.CallWrittenOff:
    return billing.CallWrittenOff(tenant_id=tenant, call=ref, hold=Decimal("0.5"))


def failure(code: str = "provider_down", retryable: bool = True) -> StepError:
    return StepError(code=code, message="it broke", retryable=retryable)
