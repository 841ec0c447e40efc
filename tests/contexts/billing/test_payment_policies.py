from decimal import Decimal
from uuid import UUID

from contexts.billing.registry import REGISTRY
from contexts.tenancy.registry import REGISTRY as TENANCY
from schemas.billing import dunning as d
from schemas.billing import payments as p
from schemas.billing.invoices import CreditNoteIssued
from schemas.billing.payment_accounts import PaymentAccountSet
from schemas.tenancy.commands import ReinstateTenant, RestrictTenant, SuspendTenant
from tests.support.builders import TENANT_ID
from tests.support.faces import credit_note_face
from tests.support.payments import OF, OWN, TOTAL, failed, invoice, request_payment, succeeded
from tests.support.spec import Spec

when = Spec(REGISTRY).when


def test_an_invoice_is_collected_unless_it_is_about_nothing() -> None:
    when(invoice()).issues(request_payment())
    when(invoice(due=Decimal(0))).issues()


def test_a_credit_note_reduces_what_is_to_be_paid() -> None:
    face = credit_note_face(**OF, credit_note_id=UUID(int=1), total=Decimal("20.50"))
    event = CreditNoteIssued(**dict(face), document_hash="0" * 64)
    when(event).issues(p.ReducePayment(**OF, credit_note_id=UUID(int=1), amount=Decimal("20.50")))


def test_what_does_not_come_is_dunned() -> None:
    begin = d.BeginDunning(**OF, amount=TOTAL)
    when(failed()).issues(begin)
    when(p.PaymentOverdue(**OF, amount=TOTAL)).issues(begin)


def test_a_retry_is_an_attempt_and_other_steps_are_not() -> None:
    when(d.DunningStepTaken(**OF, step=0, action="retry", due_at=None)).issues(p.AttemptPayment(**OF))
    when(d.DunningStepTaken(**OF, step=4, action="restrict", due_at=None)).issues()


def test_another_payment_method_is_tried_at_once() -> None:
    account = {"tenant_id": TENANT_ID, "provider": "stripe", "customer": "cus_1"}
    when(PaymentAccountSet.model_validate({**account, "method": "pm_1"})).issues(
        d.RetryUnpaid(tenant_id=TENANT_ID)
    )
    when(PaymentAccountSet(tenant_id=TENANT_ID, provider="manual")).issues()
    when(d.DunningRetried(**OF)).issues(p.AttemptPayment(**OF))


def test_what_ends_a_payment_ends_its_dunning() -> None:
    when(succeeded()).issues(d.SettleDunning(**OF, how="paid"))
    when(p.PaymentCancelled(**OF, reason="x")).issues(d.SettleDunning(**OF, how="cancelled"))
    written_off = p.PaymentWrittenOff(**OWN, amount=TOTAL, reason="x", postings=())
    when(written_off).issues(d.SettleDunning(**OF, how="written_off"))


def test_a_level_is_followed_by_the_tenant() -> None:
    about = {"tenant_id": TENANT_ID, "cause": "dunning", "as_of": 3}
    for level, command in (("restricted", RestrictTenant), ("suspended", SuspendTenant)):
        changed = d.DunningLevelChanged.model_validate({"tenant_id": TENANT_ID, "level": level})
        (issued,) = Spec(TENANCY).when(changed).commands()
        assert issued == command(**about, reason="An invoice is unpaid.")
    (lifted,) = Spec(TENANCY).when(d.DunningLevelChanged(tenant_id=TENANT_ID, level="none")).commands()
    assert isinstance(lifted, ReinstateTenant)
