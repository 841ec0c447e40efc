from dataclasses import replace
from hashlib import sha256
from uuid import UUID, uuid4

import httpx2
import pytest

from api.models.issuers import BRANDING, PROFILE
from tests.api.fake_money_bus import add_credit_note, add_invoice
from tests.api.world import World, problem

CREDIT = {"reason": "answered twice", "lines": [{"description": "Repeated calls", "amount": "1.00"}]}


@pytest.fixture
def mine(world: World) -> UUID:
    return add_invoice(world.reads, world.tenant, world.partner, uuid4())


@pytest.fixture
def theirs(world: World) -> UUID:
    return add_invoice(world.reads, world.other_tenant, world.other_partner, uuid4())


async def test_everyone_lists_the_invoices_that_are_theirs(world: World, mine: UUID, theirs: UUID) -> None:
    for who, expected in (("anna", {mine}), ("reseller", {mine}), ("admin", {mine, theirs})):
        async with world.client(getattr(world, who)) as client:
            told = (await client.get("/invoices")).json()
        assert {UUID(row["id"]) for row in told["items"]} == expected
        assert not any("cost" in row or "commission" in row for row in told["items"])


async def test_an_invoice_shows_its_lines_and_credit_notes(
    world: World, mine: UUID, anna: httpx2.AsyncClient
) -> None:
    add_credit_note(world.reads, mine, UUID(int=9))
    told = (await anna.get(f"/invoices/{mine}")).json()
    assert (told["number"], told["status"], told["total"]) == ("NW-000042", "issued", "12.34")
    assert [line["source_name"] for line in told["lines"]] == ["Answer customer mails"]
    assert [note["number"] for note in told["credit_notes"]] == ["NW-CN-000003"]
    assert "residual" not in told and "postings" not in told


async def test_a_tenant_sees_no_invoice_that_is_not_issued(
    world: World, mine: UUID, anna: httpx2.AsyncClient, reseller: httpx2.AsyncClient
) -> None:
    world.reads.invoices_of[mine] = replace(
        world.reads.invoices_of[mine],
        status="blocked",
        problem_code="billing.no_tax_rate",
        problem_detail="set one",
        document_hash=None,
        face=None,
    )
    assert (await anna.get("/invoices?status=blocked")).json()["items"] == []
    problem(await anna.get(f"/invoices/{mine}"), 404, "billing.invoice_not_found")
    told = (await reseller.get(f"/invoices/{mine}")).json()
    assert (told["status"], told["problem"]) == ("blocked", "billing.no_tax_rate: set one")
    response = await reseller.get(f"/invoices/{mine}/document.pdf")
    problem(response, 409, "billing.invoice_not_issued")


async def test_the_document_is_the_one_that_was_issued(
    world: World, mine: UUID, anna: httpx2.AsyncClient
) -> None:
    response = await anna.get(f"/invoices/{mine}/document.pdf")
    known = world.reads.invoices_of[mine].document_hash
    assert response.headers["content-type"] == "application/pdf"
    assert sha256(response.content).hexdigest() == known
    assert response.headers["etag"] == f'"{known}"'
    page = await anna.get(f"/invoices/{mine}/document.html")
    assert "Invoice NW-000042" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert (await anna.get(f"/invoices/{mine}/document.json")).json()["total"] == "12.34"


async def test_another_document_than_the_issued_one_is_never_handed_out(
    world: World, mine: UUID, anna: httpx2.AsyncClient
) -> None:
    row = world.reads.invoices_of[mine]
    assert row.face
    world.reads.invoices_of[mine] = replace(row, face=row.face.model_copy(update={"number": "NW-1"}))
    response = await anna.get(f"/invoices/{mine}/document.pdf")
    problem(response, 500, "billing.document_differs")


async def test_a_credit_note_is_made_and_read(
    world: World, mine: UUID, reseller: httpx2.AsyncClient, anna: httpx2.AsyncClient
) -> None:
    place, key = f"/invoices/{mine}/credit-notes", {"Idempotency-Key": "k1"}
    first = await reseller.post(place, json=CREDIT, headers=key)
    again = await reseller.post(place, json=CREDIT, headers=key)
    assert first.status_code == 201
    assert first.json() == again.json()
    made = first.json()["id"]
    assert len(world.reads.notes_of) == 1
    assert (await anna.get(f"/credit-notes/{made}/document.pdf")).content.startswith(b"%PDF")
    assert "NW-CN-000003" in (await anna.get(f"/credit-notes/{made}/document.html")).text


async def test_what_takes_money_back_must_name_its_request(mine: UUID, reseller: httpx2.AsyncClient) -> None:
    response = await reseller.post(f"/invoices/{mine}/credit-notes", json=CREDIT)
    problem(response, 400, "request.idempotency_key_required")


async def test_who_may_not_correct_invoices(
    mine: UUID, theirs: UUID, anna: httpx2.AsyncClient, reseller: httpx2.AsyncClient
) -> None:
    key = {"Idempotency-Key": "k1"}
    response = await anna.post(f"/invoices/{mine}/credit-notes", json=CREDIT, headers=key)
    problem(response, 403, "auth.forbidden")
    response = await reseller.post(f"/invoices/{theirs}/credit-notes", json=CREDIT, headers=key)
    problem(response, 404, "billing.invoice_not_found")
    bad = {"reason": "x", "lines": [{"description": "y", "amount": "0.001"}]}
    response = await reseller.post(f"/invoices/{mine}/credit-notes", json=bad, headers=key)
    problem(response, 422, "request.invalid")


async def test_a_partner_sets_how_its_invoices_look(
    world: World, reseller: httpx2.AsyncClient, anna: httpx2.AsyncClient
) -> None:
    place = f"/partners/{world.partner}/issuer"
    problem(await reseller.get(place), 404, "billing.issuer_not_found")
    body = {"prefix": "NW", "branding": BRANDING}
    assert (await reseller.put(place, json=body)).status_code == 200
    assert (await reseller.get(place)).json()["branding"]["name"] == "Northwind GmbH"
    problem(await anna.put(place, json=body), 403, "auth.forbidden")


@pytest.mark.parametrize("data", ["bm8gcGljdHVyZQ==", "!"])
async def test_a_logo_that_cannot_be_printed_is_refused(
    world: World, reseller: httpx2.AsyncClient, data: str
) -> None:
    logo = {"media_type": "image/png", "data": data}
    body = {"prefix": "NW", "branding": {**BRANDING, "logo": logo}}
    told = problem(await reseller.put(f"/partners/{world.partner}/issuer", json=body), 422, "request.invalid")
    assert told["problems"][0]["path"].startswith("branding.logo")
    assert world.bus.sent == []


async def test_taxes_are_set_by_who_may(
    world: World, admin: httpx2.AsyncClient, reseller: httpx2.AsyncClient, anna: httpx2.AsyncClient
) -> None:
    rate = {"jurisdiction": "DE", "name": "VAT", "percent": "19"}
    assert (await admin.post("/tax-rates", json=rate)).json()["name"] == "DE"
    assert [row["percent"] for row in (await admin.get("/tax-rates")).json()["items"]] == ["19"]
    problem(await reseller.post("/tax-rates", json=rate), 403, "auth.forbidden")
    place = f"/tenants/{world.tenant}/tax-profile"
    assert (await anna.get(place)).json()["profile"] is None
    assert (await reseller.put(place, json={"profile": PROFILE})).status_code == 200
    assert (await anna.get(place)).json()["profile"]["vat_id"] == "DE987654321"
    problem(await anna.put(place, json={"profile": PROFILE}), 403, "auth.forbidden")


async def test_a_partners_statement_is_a_document_too(world: World, reseller: httpx2.AsyncClient) -> None:
    first = await reseller.get("/statements/partner.pdf?period=2026-11")
    again = await reseller.get("/statements/partner.pdf?period=2026-11")
    assert first.content.startswith(b"%PDF")
    assert first.content == again.content
    foreign = f"/statements/partner.pdf?period=2026-11&partner_id={world.other_partner}"
    problem(await reseller.get(foreign), 404, "tenancy.partner_not_found")
