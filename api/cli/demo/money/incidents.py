"""What does not go as planned: a new rate, a full budget, a lost answer, a wrong entry, a complaint."""

from datetime import UTC, datetime
from decimal import Decimal

from api.cli.demo.money import tables
from api.cli.demo.money.people import ADMIN, LARGE, WORKER, some_id
from api.cli.demo.money.stage import Stage, ledger_of
from api.cli.demo.money.working import start
from api.cli.look import plain
from api.cli.telling.errors import StoryFailed
from schemas.billing.commands import SetSystemRate, SettleCall
from schemas.billing.corrections import AdjustmentPosted, EntryReversed, ReverseEntry
from schemas.billing.events import CallRefused, CallSettled, CallWrittenOff
from schemas.billing.types import TokenRates
from schemas.billing.wallets import CreditExpired, TopUpWallet
from schemas.execution.chat import Usage
from schemas.execution.types import CallRef, SourceRef
from schemas.tenancy.commands import SetSourceBudget

NEW_RATES = TokenRates(input=Decimal(5), output=Decimal(25), cache_read=Decimal("0.5"))
CHEAPER = datetime(2026, 8, 16, tzinfo=UTC)
BUDGET = Decimal("0.75")
MOST_TRIES = 20
LATE = Usage(input=2_400, output=9_000)


async def announce_cheaper_rate(stage: Stage) -> None:
    await stage.done(SetSystemRate(model=LARGE, rates=NEW_RATES, effective_from=CHEAPER), by=ADMIN)
    stage.say(f"{LARGE} will cost a third from {CHEAPER:%d %B} on: calls before keep their rates.")


async def compare_rates(stage: Stage) -> None:
    """The last call before the new rate, and the first after it."""
    events = await stage.recorded(ledger_of(stage.cast.card.id, "2026-08"))
    settled = [one.event for one in events if isinstance(one.event, CallSettled)]
    of_model = [entry for entry in settled if entry.model == LARGE]
    before = [entry for entry in of_model if entry.call.requested_at < CHEAPER]
    after = [entry for entry in of_model if entry.call.requested_at >= CHEAPER]
    if not before or not after or after[0].pricing.system_rate.rates != NEW_RATES:
        raise StoryFailed("the new rate is not the one calls are settled at")
    stage.say("Two calls, one on each side of the new rate:")
    stage.show(tables.rates_table([before[-1], after[0]]))


async def fill_a_budget(stage: Stage) -> None:
    """A cap on one agent; runs go on until one does not fit."""
    tenant = stage.cast.transfer
    source = SourceRef(kind="agent", id=tenant.agent.id)
    posted = await posted_of(stage, source)
    cap = SetSourceBudget(tenant_id=tenant.id, source=source, monthly_budget=posted + BUDGET)
    await stage.done(cap, by=tenant.owner)
    stage.say(f"{tenant.name} caps “{tenant.agent.name}” at ${plain(posted + BUDGET)} for August.")
    refusal = await until_refused(stage)
    stage.say(f"A call is refused, [bad]{refusal.code}[/], and this is why:")
    stage.show(tables.refusal_table(refusal))
    await stage.done(cap.model_copy(update={"monthly_budget": None}), by=tenant.owner)


async def posted_of(stage: Stage, source: SourceRef) -> Decimal:
    events = await stage.recorded(ledger_of(stage.cast.transfer.id, "2026-08"))
    settled = [one.event for one in events if isinstance(one.event, CallSettled)]
    return sum((entry.price for entry in settled if entry.source == source), Decimal(0))


async def until_refused(stage: Stage) -> CallRefused:
    tenant = stage.cast.transfer
    for _ in range(MOST_TRIES):
        await stage.done(start(stage, tenant.agent), by=tenant.owner)
        newest = await stage.recorded(ledger_of(tenant.id, "2026-08"))
        refused = [one.event for one in newest if isinstance(one.event, CallRefused)]
        if refused:
            return refused[-1]
    raise StoryFailed(f"{MOST_TRIES} calls went by, and the budget did not refuse one")


async def lose_an_answer(stage: Stage) -> CallRef:
    """Nobody knows whether it was given: after its grace the hold is gone, and nothing is charged."""
    tenant = stage.cast.card
    stage.models.silent = True
    await stage.done(start(stage, tenant.workflow), by=tenant.owner)
    await stage.until(8, 29)
    lost, _ = await stage.last(ledger_of(tenant.id, "2026-08"), CallWrittenOff)
    stage.say(f"An answer to {tenant.name} was not heard: its hold of ${plain(lost.hold)} is written off.")
    return lost.call


async def hear_it_late(stage: Stage, call: CallRef) -> None:
    tenant = stage.cast.card
    await stage.done(SettleCall(tenant_id=tenant.id, call=call, usage=LATE), by=WORKER)
    posted, _ = await stage.last(ledger_of(tenant.id, "2026-09"), AdjustmentPosted)
    if (posted.kind, posted.about_period) != ("late_usage", "2026-08"):
        raise StoryFailed(f"late usage was posted as {posted.kind} about {posted.about_period}")
    price = plain(posted.price)
    stage.say(f"The lost answer is heard. August stays closed: ${price} in September, about August.")


async def reverse_an_entry(stage: Stage) -> None:
    tenant = stage.cast.transfer
    _, version = await stage.last(ledger_of(tenant.id, "2026-08"), CallSettled)
    reason = "The provider answered twice and billed once."
    reverse = ReverseEntry(
        reversal_id=some_id(stage.dice), tenant_id=tenant.id, period="2026-08", version=version, reason=reason
    )
    await stage.done(reverse, by=ADMIN)
    back, _ = await stage.last(ledger_of(tenant.id, "2026-08"), EntryReversed)
    stage.say(f"${plain(-back.price)} of {tenant.name} is taken back: “{reason}”")
    stage.show(tables.postings_table(back.postings, stage.cast))


async def let_credit_expire(stage: Stage) -> None:
    tenant = stage.cast.credit
    gone, _ = await stage.last(f"wallet-{tenant.id}", CreditExpired)
    stage.say(f"${plain(gone.amount)} of {tenant.name}'s credit was not used in time, and is gone.")
    more = TopUpWallet(tenant_id=tenant.id, top_up_id=some_id(stage.dice), amount=Decimal(40))
    await stage.done(more, by=ADMIN)
    stage.say(f"{tenant.name} tops up $40 that does not expire.")
