from datetime import timedelta
from decimal import Decimal

import pytest

from contexts.billing.facts import AuthorizationFacts
from contexts.billing.registry import REGISTRY
from schemas.base import Command, Event
from schemas.billing.commands import MarkCallUnknown, ReleaseCall, ResolveHold, SettleCall
from schemas.billing.events import CallRefused, CallReleased, CallUnknown, CallWrittenOff
from schemas.billing.types import MonthToDate, Percent, Tier, Tiered
from schemas.execution.chat import Usage
from tests.support.builders import NOW, TENANT_ID
from tests.support.money import EXPIRES, USAGE, authorize, authorized, call, knowing, pricing, settled, terms
from tests.support.spec import Spec

given = Spec(REGISTRY).given

GRACE = timedelta(minutes=5)
SETTLE = SettleCall(tenant_id=TENANT_ID, call=call(), usage=USAGE)
RELEASE = ReleaseCall(tenant_id=TENANT_ID, call=call(), reason="provider.overloaded", usage=None)
LOSE = MarkCallUnknown(tenant_id=TENANT_ID, call=call(), reason="worker.died")
RESOLVE = ResolveHold(tenant_id=TENANT_ID, call=call())

RELEASED = CallReleased(**dict(RELEASE))
UNKNOWN = CallUnknown(**dict(LOSE), resolve_at=NOW + GRACE)
WRITTEN_OFF = CallWrittenOff(tenant_id=TENANT_ID, call=call(), hold=authorized().hold)


def test_a_call_is_held_before_it_is_made() -> None:
    given().knowing(knowing()).when(authorize()).then(authorized())


def test_a_call_that_is_held_is_not_held_again() -> None:
    given(authorized()).knowing(knowing()).when(authorize()).nothing()
    given(authorized(), UNKNOWN).knowing(knowing()).when(authorize()).nothing()


def test_a_model_without_a_rate_is_refused_by_an_event() -> None:
    detail = "no rate or no terms are in force for 'local/smollm2'"
    refusal = CallRefused(tenant_id=TENANT_ID, call=call(), code="billing.no_rate", detail=detail)
    given().knowing(AuthorizationFacts(pricing=None, budget=None)).when(authorize()).then(refusal)


def test_a_hold_may_fill_the_budget_to_the_last_cent() -> None:
    given().knowing(knowing(budget="0.01365")).when(authorize()).then(authorized())


def test_a_refusal_over_budget_carries_its_arithmetic() -> None:
    history = (authorized("a"), settled("a"), authorized("b"))
    refusal = CallRefused(
        tenant_id=TENANT_ID,
        call=call(),
        code="billing.budget_exceeded",
        detail="posted 0.005850000000 + held 0.01365 + this call 0.013650000000 > budget 0.03",
        budget=Decimal("0.03"),
        posted=Decimal("0.00585"),
        held=Decimal("0.01365"),
        hold=Decimal("0.01365"),
    )
    given(*history).knowing(knowing(budget="0.03")).when(authorize()).then(refusal)


def test_what_is_settled_or_released_makes_room_again() -> None:
    tight = knowing(budget="0.02")
    given(authorized("a"), settled("a")).knowing(tight).when(authorize()).then(authorized())
    given(authorized(), RELEASED).knowing(tight).when(authorize("b")).then(authorized("b"))


def test_a_refused_call_leaves_the_ledger_as_it_was() -> None:
    refusal = CallRefused(tenant_id=TENANT_ID, call=call(), code="billing.no_rate", detail="")
    given(refusal).when(SETTLE).refused("billing.call_not_open")
    given(refusal).when(RELEASE).nothing()


def test_a_call_is_settled_at_the_rates_pinned_by_its_hold() -> None:
    pinned = pricing(conditions=terms("50", "10"))
    given(authorized(pricing=pinned)).when(SETTLE).then(settled(prices=pinned))


def test_the_month_so_far_says_which_tier_a_call_falls_into() -> None:
    tiers = Tiered(
        kind="volume",
        tiers=(
            Tier(above=Decimal(0), price=Percent(markup_percent=Decimal(30))),
            Tier(above=Decimal(1_100), price=Percent(markup_percent=Decimal(10))),
        ),
    )
    prices = pricing(conditions=terms().model_copy(update={"price": tiers}))
    first = settled("a", prices=prices)
    reached = MonthToDate(tokens=1_100, price=first.price)
    second = settled(prices=prices.model_copy(update={"so_far": reached}))
    assert (first.price, second.price) == (Decimal("0.00585"), Decimal("0.00495"))
    history = (authorized("a", pricing=prices), authorized(pricing=prices), first)
    given(*history).when(SETTLE).then(second)


def test_an_unknown_call_can_still_be_settled_or_released() -> None:
    given(authorized(), UNKNOWN).when(SETTLE).then(settled())
    given(authorized(), UNKNOWN).when(RELEASE).then(RELEASED)


def test_usage_we_counted_ourselves_marks_the_entry() -> None:
    counted = Usage(input=1_000, output=100, estimated=True)
    entry = settled(usage=counted)
    assert entry.degraded
    given(authorized()).when(SETTLE.model_copy(update={"usage": counted})).then(entry)


def test_usage_we_cannot_place_is_settled_with_what_is_known_and_marked() -> None:
    odd = Usage(input=1_000, output=100, unplaced=("video_tokens=5",))
    entry = settled(usage=odd)
    assert entry.quarantined
    given(authorized()).when(SETTLE.model_copy(update={"usage": odd})).then(entry)


@pytest.mark.parametrize("ending", [(settled(),), (RELEASED,), (UNKNOWN, WRITTEN_OFF)])
def test_a_call_that_has_ended_is_not_settled(ending: tuple[Event, ...]) -> None:
    given(authorized(), *ending).when(SETTLE).refused("billing.call_not_open")


def test_a_call_nobody_held_is_not_settled() -> None:
    given().when(SETTLE).refused("billing.call_not_open")


@pytest.mark.parametrize("command", [RELEASE, LOSE, RESOLVE])
def test_there_is_nothing_to_end_without_a_hold(command: Command) -> None:
    given().when(command).nothing()
    given(authorized(), settled()).at(NOW + timedelta(days=9)).when(command).nothing()


def test_a_lost_call_keeps_its_hold_for_a_while() -> None:
    given(authorized()).when(LOSE).then(UNKNOWN)
    given(authorized(), UNKNOWN).when(LOSE).nothing()


def test_a_hold_that_expires_is_unknown_first() -> None:
    expired = CallUnknown(
        tenant_id=TENANT_ID, call=call(), reason="billing.hold_expired", resolve_at=EXPIRES + GRACE
    )
    given(authorized()).at(EXPIRES - timedelta(seconds=1)).when(RESOLVE).nothing()
    given(authorized()).at(EXPIRES).when(RESOLVE).then(expired)
    given(authorized(), expired).at(EXPIRES).when(RESOLVE).nothing()


def test_an_unknown_call_is_written_off_when_its_time_is_up() -> None:
    given(authorized(), UNKNOWN).at(NOW + GRACE - timedelta(seconds=1)).when(RESOLVE).nothing()
    given(authorized(), UNKNOWN).at(NOW + GRACE).when(RESOLVE).then(WRITTEN_OFF)
