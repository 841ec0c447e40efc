"""How tenants pay, and what their provider said of the payment method offered last."""

from collections.abc import Sequence
from pathlib import Path

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import merge
from schemas.billing import payment_accounts as a
from schemas.envelope import Recorded

# An empty text instead of null is what a change can say.
ACCOUNTS = merge(
    "payment_accounts",
    key=("tenant_id",),
    changing=("provider", "customer", "method", "offered", "code", "message"),
)


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    await tx.write(ACCOUNTS, fold(ON, Rows(), events).rows.values())


def offered(rows: Rows, recorded: Recorded, event: a.PaymentMethodOffered) -> None:
    rows.put(event.tenant_id, recorded, offered=event.method, code="", message="")


def taken(rows: Rows, recorded: Recorded, event: a.PaymentAccountSet) -> None:
    account = {
        "provider": event.provider,
        "customer": event.customer or "",
        "method": event.method or "",
    }
    rows.put(event.tenant_id, recorded, **account, offered="", code="", message="")


def refused(rows: Rows, recorded: Recorded, event: a.PaymentMethodRefused) -> None:
    rows.put(event.tenant_id, recorded, offered="", code=event.code, message=event.message)


ON: Handlers[Rows] = {
    a.PaymentMethodOffered: offered,
    a.PaymentAccountSet: taken,
    a.PaymentMethodRefused: refused,
}

PROJECTION = Projection(
    name="payment_accounts",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("payment_accounts",),
    project=project,
)
