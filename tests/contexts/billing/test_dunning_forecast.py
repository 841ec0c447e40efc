from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from contexts.billing.dunning_forecast import forecast
from schemas.billing.dunning import STANDARD, DunningStepTaken
from schemas.billing.unpaid import Unpaid
from tests.support.builders import NOW, TENANT_ID
from tests.support.harness import Harness
from tests.support.payments import CARD, DAY, given_card, given_invoice
from tests.support.story import given_tenant


def unpaid(**changes: Any) -> Unpaid:
    defaults = {"tenant_id": TENANT_ID, "partner_id": None, "invoice_id": UUID(int=1), "amount": Decimal(9)}
    place = {"steps": STANDARD, "taken": 0, "due_at": NOW + timedelta(days=2)}
    return Unpaid(**{**defaults, **place, **changes})


def days(*given: Unpaid, ahead: int = 60) -> list[tuple[int, str]]:
    return [((step.at - NOW).days, step.action) for step in forecast(given, NOW, ahead)]


def test_the_steps_ahead_and_no_further() -> None:
    expected = [(2, "retry"), (7, "retry"), (14, "retry"), (21, "retry"), (22, "restrict"), (29, "suspend")]
    assert days(unpaid()) == expected
    assert days(unpaid(), ahead=21) == expected[:4]
    assert days(unpaid(taken=5)) == [(2, "suspend")]
    assert days(unpaid(taken=6)) == []


def test_what_is_overdue_comes_now_and_what_is_exempt_later() -> None:
    assert days(unpaid(taken=5, due_at=NOW - timedelta(days=9))) == [(0, "suspend")]
    assert days(unpaid(taken=4, exempt_until=NOW + timedelta(days=30))) == [(30, "restrict"), (37, "suspend")]


def test_all_tenants_in_the_order_of_time() -> None:
    other = unpaid(tenant_id=UUID(int=9), taken=5, due_at=NOW + timedelta(days=3))
    assert days(unpaid(taken=4), other) == [(2, "restrict"), (3, "suspend"), (9, "suspend")]


def test_what_is_foreseen_is_what_happens() -> None:
    h = Harness()
    given_tenant(h)
    given_card(h)
    h.payments.declined.add(CARD)
    invoice = given_invoice(h)
    begun = h.clock.now
    case = h.state(f"dunning-{TENANT_ID}").cases[invoice]
    foreseen = forecast([unpaid(invoice_id=invoice, due_at=case.due_at)], begun, 60)
    h.advance(60 * DAY)
    events = [e for e in h.events(f"dunning-{TENANT_ID}") if isinstance(e, DunningStepTaken)]
    assert [step.action for step in foreseen] == [event.action for event in events]
    assert [step.at.date() for step in foreseen] == [taken_on(h, number) for number in range(len(events))]


def taken_on(h: Harness, number: int) -> Any:
    rows = [row for row in h.store.after(0, 10_000) if row.type == DunningStepTaken.type_name]
    at: datetime = rows[number].recorded_at
    return at.date()
