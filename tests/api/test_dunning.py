from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import httpx2

from api.rows.payments import CaseRow, StandingRow
from schemas.billing.dunning import STANDARD
from schemas.billing.unpaid import Unpaid
from tests.api.fakes import NOW
from tests.api.world import World, problem

Client = httpx2.AsyncClient
STEPS = [step.model_dump() for step in STANDARD]


def unpaid(tenant_id: UUID, days: int) -> Unpaid:
    return Unpaid(
        tenant_id=tenant_id,
        partner_id=None,
        invoice_id=UUID(int=days),
        amount=Decimal("120.50"),
        steps=STANDARD,
        taken=4,
        due_at=datetime.now(UTC) + timedelta(days=days),
    )


async def test_each_sees_the_forecast_of_its_own(
    world: World, anna: Client, reseller: Client, admin: Client
) -> None:
    world.reads.unpaid_of = [unpaid(world.tenant, 50), unpaid(world.other_tenant, 55)]
    told = (await reseller.get("/dunning/forecast")).json()
    assert [(step["action"], step["tenant_id"]) for step in told["steps"]] == [
        ("restrict", str(world.tenant)),
        ("suspend", str(world.tenant)),
    ]
    assert len((await admin.get("/dunning/forecast")).json()["steps"]) == 3
    assert (await admin.get("/dunning/forecast", params={"days": 40})).json()["steps"] == []
    problem(await anna.get("/dunning/forecast"), 403, "auth.forbidden")
    problem(await admin.get("/dunning/forecast", params={"days": 367}), 422, "request.invalid")


async def test_where_a_tenant_stands(world: World, reseller: Client) -> None:
    world.reads.standings[world.tenant] = StandingRow("restricted")
    case = CaseRow(UUID(int=1), Decimal("120.5"), STEPS, 5, NOW, NOW)
    done = CaseRow(UUID(int=2), Decimal("1"), STEPS, 6, None, NOW)
    world.reads.cases_of[world.tenant] = [case, done]
    told = (await reseller.get(f"/tenants/{world.tenant}/dunning")).json()
    assert told["level"] == "restricted"
    assert [one["next_action"] for one in told["unpaid"]] == ["suspend", None]
    problem(await reseller.get(f"/tenants/{world.other_tenant}/dunning"), 404, "tenancy.tenant_not_found")


async def test_a_partner_exempts_its_tenants_with_a_reason(world: World, reseller: Client) -> None:
    place = f"/tenants/{world.tenant}/dunning"
    body = {"reason": "audit", "until": "2099-01-01T00:00:00Z"}
    assert (await reseller.post(f"{place}/exempt", json=body)).status_code == 200
    assert (await reseller.post(f"{place}/end-exemption", json={"reason": "over"})).status_code == 200
    assert [sent.data["reason"] for sent in world.bus.sent] == ["audit", "over"]
    problem(await reseller.post(f"{place}/exempt", json={**body, "reason": " "}), 422, "request.invalid")


async def test_a_partner_sets_its_own_steps_only(world: World, reseller: Client, anna: Client) -> None:
    place = f"/partners/{world.partner}/dunning-schedule"
    assert (await reseller.get(place)).json() == {"steps": STEPS}
    own = {"steps": [{"after_days": 3, "action": "suspend"}]}
    assert (await reseller.put(place, json=own)).status_code == 200
    assert (await reseller.put(place, json={"steps": None})).status_code == 200
    eased = {"steps": [*own["steps"], {"after_days": 1, "action": "retry"}]}
    problem(await reseller.put(place, json=eased), 422, "request.invalid")
    other = f"/partners/{world.other_partner}/dunning-schedule"
    problem(await reseller.put(other, json=own), 404, "tenancy.partner_not_found")
    problem(await anna.put(place, json=own), 403, "auth.forbidden")
