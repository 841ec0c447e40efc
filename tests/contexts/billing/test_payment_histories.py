"""Whatever is done to a payment in whatever order, the money adds up."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from contexts.billing.payment import Payment, evolve
from contexts.billing.payment_facts import PaymentMethod
from contexts.billing.registry import REGISTRY
from contexts.kernel import Context, Rejection
from schemas.base import Command, Event
from schemas.billing import payments as p
from schemas.billing.payment_types import Outcome
from tests.support.builders import NOW, PARTNER_ID, SYSTEM, TENANT_ID
from tests.support.payments import OF, TOTAL, request_payment

METHOD = PaymentMethod("stripe", "cus_1", "pm_1")
HANDLERS = {handler.command: handler for handler in REGISTRY.handlers}
CENTS = st.integers(1, 20_000).map(lambda cents: Decimal(cents) / 100)
IDS = st.integers(1, 4).map(lambda number: UUID(int=number))
SAID = st.builds(
    Outcome,
    status=st.sampled_from(("succeeded", "failed", "pending")),
    reference=st.just("pi_1"),
    retryable=st.booleans(),
)
COMMANDS = st.one_of(
    st.just(p.AttemptPayment(**OF)),
    st.just(p.CheckPayment(**OF)),
    st.just(p.LookAtPayment(**OF)),
    st.just(p.RecordReceipt(**OF, reference="bank 1")),
    st.just(p.CancelPayment(**OF, reason="x")),
    st.just(p.WriteOffPayment(**OF, reason="x")),
    st.builds(
        lambda attempt: p.RecordPrepared(**OF, attempt=attempt, reference=f"pi_{attempt}"), st.integers(1, 3)
    ),
    st.builds(lambda a, o: p.RecordOutcome(**OF, attempt=a, outcome=o), st.integers(1, 3), SAID),
    st.builds(lambda i, a: p.ReducePayment(**OF, credit_note_id=i, amount=a), IDS, CENTS),
    st.builds(lambda i, a: p.RefundPayment(**OF, refund_id=i, amount=a, reason="x"), IDS, st.none() | CENTS),
    st.builds(lambda i, o: p.RecordRefund(**OF, refund_id=i, outcome=o), IDS, SAID),
    st.builds(lambda i: p.CheckRefund(**OF, refund_id=i), IDS),
)


def told(commands: list[Command]) -> tuple[Payment, list[Event]]:
    """Everything that came of them, an hour apart."""
    state: Payment | None = None
    events: list[Event] = []
    for number, command in enumerate([request_payment(), *commands]):
        now = NOW + timedelta(hours=number)
        ctx = Context(now, SYSTEM, TENANT_ID, PARTNER_ID, METHOD)
        try:
            new = HANDLERS[type(command)].decide(state, command, ctx)
        except Rejection:
            continue
        for event in new:
            state = evolve(state, event)  # type: ignore[arg-type]
            events.append(event)
    assert state is not None
    return state, events


def balances(events: list[Event]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for event in events:
        legs = getattr(event, "postings", ())
        signed = [leg.amount if leg.side == "debit" else -leg.amount for leg in legs]
        assert sum(signed, Decimal(0)) == 0
        for leg, amount in zip(legs, signed, strict=True):
            sums[leg.account.partition(":")[0]] = sums.get(leg.account.partition(":")[0], Decimal(0)) + amount
    return sums


@settings(max_examples=300, deadline=None)
@given(st.lists(COMMANDS, max_size=25))
def test_the_money_adds_up(commands: list[Command]) -> None:
    state, events = told(commands)
    sums = balances(events)
    came = [e for e in events if isinstance(e, p.PaymentSucceeded)]
    back = sum((e.amount for e in events if isinstance(e, p.PaymentRefunded)), Decimal(0))
    assert len(came) <= 1
    assert sums.get("cash", Decimal(0)) == sum((e.amount for e in came), Decimal(0)) - back >= 0
    assert 0 <= state.refundable <= state.paid
    assert 0 <= sums.get("bad_debt", Decimal(0)) <= TOTAL


@settings(max_examples=300, deadline=None)
@given(st.lists(COMMANDS, max_size=25))
def test_what_is_open_has_a_time_at_which_somebody_looks(commands: list[Command]) -> None:
    state, _ = told(commands)
    assert (state.due_at is not None) is (state.status in ("requested", "attempting"))


@settings(max_examples=300, deadline=None)
@given(st.lists(COMMANDS, max_size=25))
def test_no_two_attempts_share_a_key_and_none_begins_after_the_money_came(commands: list[Command]) -> None:
    _, events = told(commands)
    keys = [e.charge.key for e in events if isinstance(e, p.AttemptBegun)]
    assert len(set(keys)) == len(keys)
    after = events[
        next((i for i, e in enumerate(events) if isinstance(e, p.PaymentSucceeded)), len(events)) :
    ]
    assert not any(isinstance(e, p.AttemptBegun) for e in after)
