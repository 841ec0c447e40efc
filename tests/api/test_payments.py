from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from api.rows.payments import AccountRow, EntryRow, PaymentRow
from schemas.billing.payments import AttemptPayment, RefundPayment
from schemas.registry import command_from
from tests.api.fakes import NOW
from tests.api.world import World, problem

Client = httpx2.AsyncClient
POSTINGS = [{"account": "cash:stripe", "side": "debit", "amount": "120.50"}]
MOVING: list[tuple[str, Any]] = [
    ("pay", None),
    ("receipt", {"reference": "bank 4711"}),
    ("refunds", {"reason": "A mistake."}),
    ("cancel", {"reason": "withdrawn"}),
    ("write-off", {"reason": "bankrupt"}),
]


def key(value: str | None = None) -> dict[str, str]:
    return {"Idempotency-Key": value or str(uuid4())}


@pytest.fixture
def payment(world: World) -> PaymentRow:
    row = world.add_payment(world.tenant)
    entry = EntryRow("payment", NOW, Decimal("120.5"), None, "stripe", "pi_1", None, None, POSTINGS)
    world.reads.payment_entries_of[row.id] = [entry]
    return row


async def test_each_role_sees_the_payments_of_its_own(
    world: World, anna: Client, reseller: Client, admin: Client, payment: PaymentRow
) -> None:
    other = world.add_payment(world.other_tenant)
    for client, expected in ((anna, {payment.id}), (reseller, {payment.id}), (admin, {payment.id, other.id})):
        items = (await client.get("/payments")).json()["items"]
        assert {UUID(item["invoice_id"]) for item in items} == expected
    for client in (anna, reseller):
        problem(await client.get(f"/payments/{other.id}"), 404, "payment.not_found")
        response = await client.get("/payments", params={"tenant_id": str(world.other_tenant)})
        problem(response, 404, "tenancy.tenant_not_found")
    assert (await admin.get("/payments", params={"status": "succeeded"})).json()["items"] == []


async def test_the_double_entry_is_for_the_platform(
    anna: Client, reseller: Client, admin: Client, payment: PaymentRow
) -> None:
    told = (await admin.get(f"/payments/{payment.id}")).json()
    assert (told["amount"], told["code"]) == ("120.500000000000", "stripe.insufficient_funds")
    assert told["entries"][0]["postings"] == POSTINGS
    for client in (anna, reseller):
        assert "postings" not in (await client.get(f"/payments/{payment.id}")).json()["entries"][0]


@pytest.mark.parametrize("what, body", MOVING)
async def test_what_moves_money_needs_a_key(
    world: World, admin: Client, payment: PaymentRow, what: str, body: Any
) -> None:
    place = f"/payments/{payment.id}/{what}"
    problem(await admin.post(place, json=body), 400, "request.idempotency_key_required")
    assert world.bus.sent == []
    for _ in range(2):
        response = await admin.post(place, json=body, headers=key("once"))
        assert response.json() == {"id": str(payment.id), "position": 1}
    first, second = world.bus.sent
    assert first.message_id == second.message_id
    assert (first.tenant_id, first.partner_id) == (world.tenant, world.partner)


async def test_only_the_platform_moves_money_by_hand(
    world: World, anna: Client, reseller: Client, payment: PaymentRow
) -> None:
    for what, body in MOVING[1:]:
        for client in (anna, reseller):
            response = await client.post(f"/payments/{payment.id}/{what}", json=body, headers=key())
            problem(response, 403, "auth.forbidden")
    assert world.bus.sent == []


async def test_a_tenant_pays_its_own_invoice_now(
    world: World, anna: Client, reseller: Client, payment: PaymentRow
) -> None:
    assert (await anna.post(f"/payments/{payment.id}/pay", headers=key())).status_code == 200
    (envelope,) = world.bus.sent
    command = command_from(envelope.type, envelope.data)
    assert command == AttemptPayment(tenant_id=world.tenant, invoice_id=payment.id)
    response = await reseller.post(f"/payments/{payment.id}/pay", headers=key())
    problem(response, 403, "auth.forbidden")


async def test_a_refund_is_named_by_its_key(world: World, admin: Client, payment: PaymentRow) -> None:
    body = {"amount": "20.50", "reason": "One run was our mistake."}
    for given in ("a", "a", "b"):
        await admin.post(f"/payments/{payment.id}/refunds", json=body, headers=key(given))
    commands = [command_from(sent.type, sent.data) for sent in world.bus.sent]
    assert all(isinstance(c, RefundPayment) and c.amount == Decimal("20.50") for c in commands)
    first, second, third = (c.refund_id for c in commands if isinstance(c, RefundPayment))
    assert first == second != third


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", 5.5])
async def test_a_refund_is_of_whole_cents(admin: Client, payment: PaymentRow, amount: Any) -> None:
    body = {"amount": amount, "reason": "x"}
    response = await admin.post(f"/payments/{payment.id}/refunds", json=body, headers=key())
    if amount == 5.5:
        assert response.status_code == 200
    else:
        problem(response, 422, "request.invalid")


async def test_a_tenant_says_how_it_pays(world: World, anna: Client, reseller: Client) -> None:
    place = f"/tenants/{world.tenant}/payment-account"
    nothing = {"offered": None, "code": None, "message": None}
    assert (await anna.get(place)).json() == {"provider": "manual", "method": None, **nothing}
    response = await anna.put(place, json={"provider": "stripe", "method": "pm_1"})
    assert response.status_code == 200
    world.reads.accounts[world.tenant] = AccountRow("stripe", "pm_1")
    assert (await reseller.get(place)).json() == {"provider": "stripe", "method": "pm_1", **nothing}
    problem(await reseller.put(place, json={"provider": "manual"}), 403, "auth.forbidden")


async def test_a_card_number_is_no_payment_method(world: World, anna: Client) -> None:
    place = f"/tenants/{world.tenant}/payment-account"
    response = await anna.put(place, json={"provider": "stripe", "method": "4242424242424242"})
    told = problem(response, 422, "request.invalid")
    assert "4242" not in str(told)
    assert world.bus.sent == []
