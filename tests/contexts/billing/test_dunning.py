from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from contexts.billing.payment_facts import DunningFacts
from contexts.billing.registry import REGISTRY
from schemas.base import Event
from schemas.billing import dunning as d
from schemas.billing.dunning import STANDARD, DunningStep
from tests.support.builders import NOW, PARTNER_ID, TENANT_ID
from tests.support.payments import OF, TOTAL, dunning_begun
from tests.support.spec import Spec

given = Spec(REGISTRY).given

OTHER = UUID(int=72)
BEGIN = d.BeginDunning(**OF, amount=TOTAL)
UNPAID = DunningFacts(STANDARD, unpaid=True)
PAID = d.SettleDunning(**OF, how="paid")
UNTIL = NOW + timedelta(days=30)
EXEMPT = d.ExemptFromDunning(tenant_id=TENANT_ID, reason="audit", until=UNTIL)
EXEMPTED = d.DunningExempted(tenant_id=TENANT_ID, reason="audit", until=UNTIL)


def days(count: int) -> timedelta:
    return timedelta(days=count)


def take(step: int) -> d.TakeDunningStep:
    return d.TakeDunningStep(**OF, step=step)


def level(name: Any) -> d.DunningLevelChanged:
    return d.DunningLevelChanged(tenant_id=TENANT_ID, level=name)


PAST_DUE = level("past_due")


def moved(step: int, due_at: Any) -> d.DunningStepMoved:
    return d.DunningStepMoved(**OF, step=step, due_at=due_at)


def taken(count: int, invoice_id: UUID = OF["invoice_id"]) -> list[Event]:
    """The first steps, each at its time, and what they mean for the tenant."""
    events: list[Event] = [dunning_begun(invoice_id=invoice_id), PAST_DUE]
    due_at = NOW + days(2)
    for number, step in enumerate(STANDARD[:count]):
        later = STANDARD[number + 1 : number + 2]
        due_at = due_at + days(later[0].after_days) if later else None  # type: ignore[assignment]
        events.append(
            d.DunningStepTaken(
                tenant_id=TENANT_ID, invoice_id=invoice_id, step=number, action=step.action, due_at=due_at
            )
        )
        if step.action == "restrict":
            events.append(level("restricted"))
        if step.action == "suspend":
            events.append(level("suspended"))
    return events


def test_dunning_begins_once_for_what_is_unpaid() -> None:
    given().knowing(UNPAID).when(BEGIN).then(dunning_begun(), PAST_DUE)
    given(dunning_begun()).knowing(UNPAID).when(BEGIN).nothing()
    given().knowing(DunningFacts(STANDARD, unpaid=False)).when(BEGIN).nothing()


def test_the_standard_steps_and_their_days() -> None:
    calendar = ((0, 2), (1, 7), (2, 14), (3, 21), (4, 22), (5, 29))
    for step, day in calendar:
        before, after = taken(step), taken(step + 1)
        now = NOW + days(day)
        given(*before).at(now - timedelta(seconds=1)).when(take(step)).nothing()
        given(*before).at(now).when(take(step)).then(*after[len(before) :])


def test_a_step_is_taken_once_and_in_its_turn() -> None:
    late = NOW + days(99)
    given(*taken(1)).at(late).when(take(0)).nothing()
    given(*taken(1)).at(late).when(take(2)).nothing()
    given().at(late).when(take(0)).nothing()


def test_being_late_is_never_stricter() -> None:
    late = NOW + days(40)
    next_one = d.DunningStepTaken(**OF, step=0, action="retry", due_at=late + days(5))
    given(*taken(0)).at(late).when(take(0)).then(next_one)


def test_paying_lifts_everything_at_once() -> None:
    settled = d.DunningSettled(**OF, how="paid")
    given(*taken(2)).when(PAID).then(settled, level("none"))
    given(*taken(6)).when(PAID).then(settled, level("none"))
    given(*taken(6), settled, level("none")).when(PAID).nothing()


def test_what_is_unpaid_is_tried_between_steps_too() -> None:
    retry = d.RetryUnpaid(tenant_id=TENANT_ID)
    given().when(retry).nothing()
    retried = d.DunningRetried(**OF)
    given(*taken(2)).when(retry).then(retried)
    given(*taken(2), retried).at(NOW + days(14)).when(take(2)).then(*taken(3)[4:])


def test_the_strictest_of_several_invoices_decides() -> None:
    settled = d.DunningSettled(**OF, how="paid")
    given(*taken(5, OTHER), *taken(6)).when(PAID).then(settled, level("restricted"))
    unheard = [event for event in taken(5) if not isinstance(event, d.DunningLevelChanged)]
    given(*taken(6, OTHER), *unheard).when(PAID).then(settled)


def test_who_is_exempt_is_left_alone_until_then() -> None:
    given(*taken(0), EXEMPTED).at(NOW + days(2)).when(take(0)).then(moved(0, UNTIL))
    given(*taken(6)).when(EXEMPT).then(EXEMPTED, level("none"))


def test_an_exemption_ends_at_its_time() -> None:
    end = d.EndDunningExemption(tenant_id=TENANT_ID, reason="time", until=UNTIL)
    ended = d.DunningExemptionEnded(tenant_id=TENANT_ID, reason="time")
    given(*taken(6), EXEMPTED, level("none")).at(UNTIL).when(end).then(ended, level("suspended"))
    given(*taken(6), EXEMPTED).at(UNTIL - days(1)).when(end).nothing()
    longer = d.DunningExempted(tenant_id=TENANT_ID, reason="audit", until=UNTIL + days(1))
    given(*taken(6), EXEMPTED, longer).at(UNTIL).when(end).nothing()


def test_an_exemption_that_ends_early_leaves_nothing_behind() -> None:
    end = d.EndDunningExemption(tenant_id=TENANT_ID, reason="over")
    ended = d.DunningExemptionEnded(tenant_id=TENANT_ID, reason="over")
    given(*taken(0), EXEMPTED, moved(0, UNTIL)).when(end).then(ended, moved(0, NOW))
    given(*taken(0)).when(end).refused("dunning.not_exempt")


def test_an_exemption_lies_ahead() -> None:
    given().at(UNTIL).when(EXEMPT).refused("dunning.exemption_in_the_past")
    given(EXEMPTED).when(EXEMPT).nothing()


def test_a_partner_may_have_steps_of_its_own() -> None:
    steps = (DunningStep(after_days=3, action="suspend"),)
    told = d.DunningScheduleSet(partner_id=PARTNER_ID, steps=steps)
    command = d.SetDunningSchedule(partner_id=PARTNER_ID, steps=steps)
    given().when(command).then(told)
    given(told).when(command).nothing()
    back = d.SetDunningSchedule(partner_id=PARTNER_ID, steps=None)
    given(told).when(back).then(d.DunningScheduleSet(partner_id=PARTNER_ID, steps=None))
    begun = dunning_begun(steps=steps, due_at=NOW + days(3))
    given().knowing(DunningFacts(steps, unpaid=True)).when(BEGIN).then(begun, PAST_DUE)


@pytest.mark.parametrize("actions", ["suspend retry", "restrict restrict", "suspend restrict", ""])
def test_steps_never_ease(actions: str) -> None:
    steps = [{"after_days": 1, "action": action} for action in actions.split()]
    with pytest.raises(ValidationError):
        d.SetDunningSchedule.model_validate({"partner_id": PARTNER_ID, "steps": steps})
