from decimal import Decimal

from contexts.billing.registry import REGISTRY
from schemas.billing.commands import AuthorizeCall, MarkCallUnknown, SetPartnerTerms
from schemas.billing.issuers import OpenIssuer
from schemas.billing.types import Commission, Percent
from schemas.execution.chat import ChatMessage, ChatRequest
from schemas.execution.events import (
    CallRequested,
    ExecutionCancelled,
    ExecutionFailed,
    ItemFailed,
    StepFailed,
)
from schemas.execution.types import StepError
from tests.support.builders import MODEL, NOW, PARTNER_ID, TENANT_ID, partner_created, recorded
from tests.support.money import EXECUTION_ID, call
from tests.support.spec import Spec

when = Spec(REGISTRY).when

REQUEST = ChatRequest(
    model=MODEL,
    messages=(ChatMessage(role="user", content="Hi"),),
    max_output_tokens=64,
    timeout_seconds=30,
)


def test_a_partner_has_terms_and_can_issue_from_its_first_moment() -> None:
    when(partner_created()).issues(
        SetPartnerTerms(
            partner_id=PARTNER_ID,
            price=Percent(markup_percent=Decimal(30)),
            commission=Commission(percent=Decimal(20)),
            effective_from=NOW,
        ),
        OpenIssuer(partner_id=PARTNER_ID, name="Northwind"),
    )


def test_a_requested_call_is_to_be_authorised() -> None:
    event = CallRequested(
        execution_id=EXECUTION_ID, node="answer", attempt=1, call=call(), request=REQUEST, max_input_tokens=32
    )
    when(event).issues(
        AuthorizeCall(
            tenant_id=TENANT_ID,
            call=call(),
            model=MODEL,
            max_input_tokens=32,
            max_output_tokens=64,
            timeout_seconds=30,
            request_ref=recorded(event).ref,
        )
    )


def test_the_open_calls_of_a_failed_execution_are_unknown() -> None:
    error = StepError(code="execution.expired", message="too late")
    event = ExecutionFailed(
        execution_id=EXECUTION_ID, error=error, node=None, open_calls=(call("a"), call("b"))
    )
    when(event).issues(
        MarkCallUnknown(tenant_id=TENANT_ID, call=call("a"), reason="execution.expired"),
        MarkCallUnknown(tenant_id=TENANT_ID, call=call("b"), reason="execution.expired"),
    )


def test_the_open_calls_of_a_cancelled_execution_are_unknown() -> None:
    event = ExecutionCancelled(
        execution_id=EXECUTION_ID, reason="no longer needed", by="user:ada", open_calls=(call("a"),)
    )
    when(event).issues(MarkCallUnknown(tenant_id=TENANT_ID, call=call("a"), reason="execution.cancelled"))


def test_the_open_calls_of_a_failed_item_are_unknown() -> None:
    error = StepError(code="provider.bad_request", message="no")
    event = ItemFailed(execution_id=EXECUTION_ID, node="each", index=3, error=error, open_calls=(call("a"),))
    when(event).issues(MarkCallUnknown(tenant_id=TENANT_ID, call=call("a"), reason="provider.bad_request"))


def test_the_open_calls_of_a_failed_step_are_unknown() -> None:
    error = StepError(code="provider.bad_request", message="no")
    event = StepFailed(
        execution_id=EXECUTION_ID, node="each", attempt=1, error=error, open_calls=(call("a"),)
    )
    when(event).issues(MarkCallUnknown(tenant_id=TENANT_ID, call=call("a"), reason="provider.bad_request"))
