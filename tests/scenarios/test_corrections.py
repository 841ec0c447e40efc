"""Money put right afterwards, told on the whole platform."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from contexts.billing.ledger import Ledger
from contexts.billing.postings import of_wallet
from schemas.billing.commands import SettleCall
from schemas.billing.corrections import (
    AdjustmentPosted,
    ClosePeriod,
    EntryReversed,
    PostAdjustment,
    ReverseEntry,
)
from schemas.billing.events import CallRefused, CallSettled
from schemas.billing.wallets import SetPaymentMode, TopUpWallet
from schemas.envelope import Answer
from tests.support.builders import NOW, PARTNER_ID, SYSTEM, TENANT_ID, app_admin, llm, workflow
from tests.support.harness import Harness
from tests.support.money import USAGE
from tests.support.story import (
    LEDGER,
    LONG,
    RUN,
    accept,
    given_tenant,
    given_workflow,
    ledger,
    names,
    start,
    started,
    tenant_admin,
)

ASK = workflow(llm(), output="{{ steps.answer.output }}")
WALLET = f"wallet-{TENANT_ID}"
OCTOBER = f"ledger-{TENANT_ID}-2026-10"
MONTH = timedelta(days=31).total_seconds()
CLOSE = ClosePeriod(tenant_id=TENANT_ID, period="2026-09")


def reversal(version: int, number: int = 1) -> ReverseEntry:
    return ReverseEntry(
        reversal_id=UUID(int=number), tenant_id=TENANT_ID, period="2026-09", version=version, reason="wrong"
    )


def the_platform(h: Harness, command: ReverseEntry | PostAdjustment | ClosePeriod | SettleCall) -> Answer:
    """As the edge sends it, which knows whose partner's tenant it is about."""
    actor = SYSTEM if isinstance(command, SettleCall) else app_admin()
    return h.submit(command, as_=actor.model_copy(update={"partner_id": PARTNER_ID}))


def refusal(answer: Answer) -> str | None:
    return answer.refusal.code if answer.refusal else None


def test_an_entry_is_taken_back_once_for_ever(h: Harness) -> None:
    started(h, ASK)
    h.run()
    assert isinstance(h.events(LEDGER)[1], CallSettled)
    accept(the_platform(h, reversal(version=2)))
    assert isinstance(h.events(LEDGER)[2], EntryReversed)
    assert ledger(h).posted == 0
    assert refusal(the_platform(h, reversal(version=2, number=2))) == "conflict.reversal_taken"
    assert refusal(the_platform(h, reversal(version=1, number=3))) == "billing.not_reversible"
    assert refusal(the_platform(h, reversal(version=9, number=4))) == "billing.entry_not_found"


def test_an_entry_of_a_closed_month_is_taken_back_in_the_open_one_and_not_again(h: Harness) -> None:
    started(h, ASK)
    h.advance(MONTH)
    accept(the_platform(h, CLOSE))
    accept(the_platform(h, reversal(version=2)))
    [back] = h.events(OCTOBER)
    assert isinstance(back, EntryReversed)
    assert (back.period, back.about_period) == ("2026-10", "2026-09")
    assert names(h.events(LEDGER))[-1] == "period_closed"
    h.advance(MONTH)
    assert refusal(the_platform(h, reversal(version=2, number=2))) == "conflict.reversal_taken"


def test_usage_of_a_lost_call_that_comes_after_the_close_is_charged_once(h: Harness) -> None:
    h.chat.kill_next = 100
    started(h, ASK)
    h.advance(LONG)
    lost = [event for event in h.events(LEDGER) if names([event]) == ["call_written_off"]]
    call = lost[0].call  # type: ignore[attr-defined]
    settle = SettleCall(tenant_id=TENANT_ID, call=call, usage=USAGE)
    assert refusal(the_platform(h, settle)) == "billing.call_not_open"
    h.advance(MONTH)
    accept(the_platform(h, CLOSE))
    for _ in range(2):
        accept(the_platform(h, settle))
    [late] = h.events(OCTOBER)
    assert isinstance(late, AdjustmentPosted)
    assert (late.kind, late.about_period, late.price) == ("late_usage", "2026-09", Decimal("0.00585"))
    october: Ledger = h.state(OCTOBER)
    assert october.posted == late.price


def in_advance(h: Harness, amount: str, days: int | None = None) -> None:
    given_tenant(h)
    given_workflow(h, ASK)
    expires_at = NOW + timedelta(days=days) if days else None
    accept(h.submit(SetPaymentMode(tenant_id=TENANT_ID, mode="prepaid"), as_=app_admin()))
    top_up = TopUpWallet(
        tenant_id=TENANT_ID, top_up_id=UUID(int=7), amount=Decimal(amount), expires_at=expires_at
    )
    accept(h.submit(top_up, as_=app_admin()))


def test_who_pays_in_advance_is_charged_from_the_credit(h: Harness) -> None:
    in_advance(h, "5")
    accept(h.submit(start(), as_=tenant_admin()))
    h.run()
    [entry] = [event for event in h.events(LEDGER) if isinstance(event, CallSettled)]
    assert of_wallet(TENANT_ID, entry.postings) == entry.price > 0
    wallet = h.state(WALLET)
    assert (wallet.balance, wallet.held) == (5 - entry.price, 0)
    accept(the_platform(h, reversal(version=2)))
    assert h.state(WALLET).balance == 5


def test_without_credit_nothing_is_called(h: Harness) -> None:
    in_advance(h, "0.000000000001")
    accept(h.submit(start(), as_=tenant_admin()))
    h.run()
    [refused] = h.events(LEDGER)
    assert isinstance(refused, CallRefused)
    assert (refused.code, refused.level) == ("billing.credit_exceeded", "credit")
    assert h.chat.calls == []
    assert names(h.events(RUN))[-1] == "failed"


def test_credit_expires_by_itself(h: Harness) -> None:
    in_advance(h, "5", days=3)
    h.advance(timedelta(days=4).total_seconds())
    assert names(h.events(WALLET)) == ["payment_mode_set", "topped_up", "credit_expired"]
    assert h.state(WALLET).balance == 0
