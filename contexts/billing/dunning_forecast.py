"""What dunning will do in the next days if nobody pays and no retry succeeds."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from contexts.billing.dunning_schedule import next_due
from schemas.billing.unpaid import Foreseen, Unpaid


def forecast(unpaid: Iterable[Unpaid], now: datetime, days: int) -> list[Foreseen]:
    until = now + timedelta(days=days)
    found = [step for one in unpaid for step in steps_ahead(one, now) if step.at <= until]
    return sorted(found, key=lambda step: (step.at, str(step.tenant_id), str(step.invoice_id)))


def steps_ahead(unpaid: Unpaid, now: datetime) -> Iterator[Foreseen]:
    """A step that is overdue is taken now, one in an exemption at its end."""
    at: datetime | None = max(unpaid.due_at, unpaid.exempt_until or now, now)
    for number, step in enumerate(unpaid.steps[unpaid.taken :], unpaid.taken):
        if at is None:
            return
        yield Foreseen(
            at=at,
            tenant_id=unpaid.tenant_id,
            partner_id=unpaid.partner_id,
            invoice_id=unpaid.invoice_id,
            amount=unpaid.amount,
            action=step.action,
        )
        at = next_due(unpaid.steps, number + 1, at)
