"""Invoices are collected through localstripe by the platform as it runs: workers, timers, webhooks."""

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from infra.eventstore.postgres import PostgresEventStore
from infra.eventstore.types import Batch, Row
from schemas.base import PartnerId, TenantId
from tests.support.hb import Up, hb, running
from tests.support.localstripe import DECLINED, GOOD, localstripe, make_card, post
from tests.support.payments import invoice

PASSWORD = "correct horse battery"
SECRET = "whsec_acceptance"
PATIENCE_SECONDS = 30.0
Client = httpx2.Client


@pytest.fixture(scope="module")
def stripe_url() -> Iterator[str]:
    with localstripe() as url:
        yield url


@pytest.fixture(scope="module")
def up(stripe_url: str) -> Iterator[Up]:
    data = Path(tempfile.mkdtemp(prefix="hb-payments-"))
    settings = {
        "stripe_secret_key": "sk_test_x",
        "stripe_webhook_secret": SECRET,
        "stripe_base_url": stripe_url,
    }
    try:
        with running(data, settings=settings) as found:
            hook = {"url": f"{found.url}/payments/stripe/webhook", "secret": SECRET}
            post(stripe_url, "/_config/webhooks/w1", hook)
            yield found
    finally:
        shutil.rmtree(data, ignore_errors=True)


def client(up: Up, email: str, password: str = PASSWORD) -> Client:
    form = {"username": email, "password": password}
    token = httpx2.post(f"{up.url}/auth/token", data=form, trust_env=False).json()["access_token"]
    return Client(base_url=up.url, headers={"Authorization": f"Bearer {token}"}, trust_env=False)


@pytest.fixture(scope="module")
def tenant(up: Up) -> Iterator[tuple[Client, TenantId, PartnerId]]:
    with client(up, "admin@hirebuddha.local", up.password) as admin:
        boss = {"email": "pia@p.example", "name": "Pia", "password": PASSWORD}
        partner = admin.post("/partners", json={"name": "Nordic", "admin": boss}).json()["id"]
        owner = {"email": "ada@a.example", "name": "Ada", "password": PASSWORD}
        body = {"name": "Acme", "subdomain": "acme", "owner": owner}
        tenant_id = admin.post(f"/partners/{partner}/tenants", json=body).json()["id"]
    with client(up, "ada@a.example") as ada:
        yield ada, TenantId(UUID(tenant_id)), PartnerId(UUID(partner))


def until(probe: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := probe()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)
    return found


def give_card(ada: Client, tenant_id: TenantId, card: str) -> None:
    place = f"/tenants/{tenant_id}/payment-account"
    assert ada.put(place, json={"provider": "stripe", "method": card}).status_code == 200
    until(lambda: ada.get(place).json()["method"] == card)


def issue(up: Up, tenant_id: TenantId, partner_id: PartnerId) -> UUID:
    """As the close of a month does."""
    now = datetime.now(UTC)
    event = invoice(
        invoice_id=uuid4(),
        tenant_id=tenant_id,
        partner_id=partner_id,
        issued_at=now,
        due_at=now + timedelta(days=14),
    )
    row = Row(
        stream=f"invoice-{event.invoice_id}",
        version=1,
        type=event.type_name,
        type_version=1,
        data=event.model_dump_json().encode(),
        tenant_id=tenant_id,
        partner_id=partner_id,
        actor="system:tests",
        message_id=uuid4(),
        correlation_id=uuid4(),
        traceparent=None,
        recorded_at=now,
    )
    store = PostgresEventStore(json.loads((up.data / "endpoints.json").read_text())["database_url"])
    store.commit(Batch(now, rows=[row]))
    store.close()
    return event.invoice_id


def ended(ada: Client, invoice_id: UUID, status: str) -> dict[str, Any]:
    def probe() -> Any:
        response = ada.get(f"/payments/{invoice_id}")
        return response.json() if response.json().get("status") == status else None

    found: dict[str, Any] = until(probe)
    return found


def test_an_invoice_is_collected_and_paid_back(
    up: Up, stripe_url: str, tenant: tuple[Client, TenantId, PartnerId]
) -> None:
    ada, tenant_id, partner_id = tenant
    give_card(ada, tenant_id, make_card(stripe_url, GOOD))
    invoice_id = issue(up, tenant_id, partner_id)
    paid = ended(ada, invoice_id, "succeeded")
    assert Decimal(paid["kept"]) == Decimal("120.50")
    said = hb("payments", "refund", str(invoice_id), "--reason", "mistake", "--data", up.data)
    assert said.code == 0, said.err
    back = ended(ada, invoice_id, "refunded")
    assert [entry["kind"] for entry in back["entries"]] == ["payment", "refund"]


def test_a_declined_card_is_dunned_until_another_one_pays(
    up: Up, stripe_url: str, tenant: tuple[Client, TenantId, PartnerId]
) -> None:
    ada, tenant_id, partner_id = tenant
    give_card(ada, tenant_id, make_card(stripe_url, DECLINED))
    invoice_id = issue(up, tenant_id, partner_id)
    assert ended(ada, invoice_id, "failed")["code"] == "stripe.card_declined"
    until(lambda: "retry" in hb("dunning", "dry-run", "--data", up.data).out)
    give_card(ada, tenant_id, make_card(stripe_url, GOOD))
    ended(ada, invoice_id, "succeeded")
    until(lambda: "Nothing would happen" in hb("dunning", "dry-run", "--data", up.data).out)
