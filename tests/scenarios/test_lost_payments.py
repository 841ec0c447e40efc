"""The provider did something, and we did not hear of it."""

from decimal import Decimal
from uuid import UUID

from schemas.billing import payments as p
from tests.support.builders import SYSTEM, TENANT_ID
from tests.support.harness import Harness
from tests.support.payments import CARD, DAY, given_card, given_invoice
from tests.support.story import accept, given_tenant, names

ONCE = Decimal("120.50")


def words(h: Harness, invoice: UUID) -> list[str]:
    return names(h.events(f"payment-{invoice}"))


def news(h: Harness, invoice: UUID) -> None:
    """As a webhook tells."""
    accept(h.submit(p.LookAtPayment(tenant_id=TENANT_ID, invoice_id=invoice), as_=SYSTEM))
    h.run()


def given_customer(h: Harness) -> None:
    given_tenant(h)
    given_card(h)


def test_an_answer_that_was_lost_is_read_from_the_object(h: Harness) -> None:
    given_customer(h)
    h.payments.silent = 1
    invoice = given_invoice(h)
    assert words(h, invoice)[-1] == "prepared"
    h.advance(0.01 * DAY)
    assert words(h, invoice)[-2:] == ["looked_for", "succeeded"]
    assert h.payments.collected() == ONCE


def test_while_the_provider_is_down_nothing_is_decided(h: Harness) -> None:
    given_customer(h)
    h.payments.down = True
    invoice = given_invoice(h)
    h.advance(3 * DAY)
    assert "failed" not in words(h, invoice)
    h.payments.down = False
    h.advance(1 * DAY)
    assert words(h, invoice)[-1] == "succeeded"
    assert h.payments.collected() == ONCE


def test_a_webhook_is_quicker_than_the_deadline(h: Harness) -> None:
    given_customer(h)
    h.payments.silent = 1
    invoice = given_invoice(h)
    news(h, invoice)
    assert words(h, invoice)[-1] == "succeeded"


def test_webhooks_may_come_twice_and_late(h: Harness) -> None:
    given_customer(h)
    h.payments.pending = True
    invoice = given_invoice(h)
    h.payments.settle(f"pi_invoice-{invoice}-1")
    for _ in range(3):
        news(h, invoice)
    assert words(h, invoice).count("succeeded") == 1
    assert words(h, invoice)[-1] == "succeeded"


def test_a_failed_attempt_that_succeeds_after_all_pays_the_invoice_and_ends_dunning(h: Harness) -> None:
    given_customer(h)
    h.payments.declined.add(CARD)
    invoice = given_invoice(h)
    h.advance(1 * DAY)
    h.payments.settle(f"pi_invoice-{invoice}-1")
    news(h, invoice)
    h.advance(60 * DAY)
    assert words(h, invoice).count("attempt_begun") == 1
    assert words(h, invoice)[-1] == "succeeded"
    assert h.state(f"dunning-{TENANT_ID}").cases == {}


def test_nobody_is_charged_twice_when_an_earlier_attempt_had_succeeded(h: Harness) -> None:
    given_customer(h)
    h.payments.declined.add(CARD)
    invoice = given_invoice(h)
    h.payments.settle(f"pi_invoice-{invoice}-1")
    h.payments.declined.clear()
    h.advance(3 * DAY)
    assert words(h, invoice)[-1] == "succeeded"
    assert h.payments.collected() == ONCE
