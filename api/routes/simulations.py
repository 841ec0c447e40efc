"""What another rate card would have meant for a past period, before anybody publishes it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from api.bodies import json_body
from api.deps import CurrentScope, Parts, caught_up, current_actor, may
from api.errors import ApiProblem
from api.models import rates as models
from api.pure import Comparison, Sums
from api.routes.tenancy import visible_partner
from api.simulations import TooManyEntries, simulated
from api.submit import AttemptDep
from schemas.access import Permission

MOST_ENTRIES = 20_000

router = APIRouter(prefix="/rates", tags=["rates"], dependencies=[Depends(current_actor)])


@router.post(
    "/simulations",
    response_model=models.Simulated,
    dependencies=[may(Permission.RATES_SET), caught_up("ledger_entries")],
    summary="Reckon a past period again under another rate card",
)
async def simulate(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    body: Annotated[models.SimulationBody, json_body(models.SimulationBody)],
) -> Any:
    """Changes nothing: the key is taken like everywhere, and not needed."""
    if body.partner_id is not None:
        await visible_partner(parts, scope, body.partner_id)

    async def page(after: int, limit: int) -> Any:
        return await parts.reads.settled_after(scope, body.period, body.partner_id, after, limit)

    try:
        found = await simulated(body.card, page, MOST_ENTRIES)
    except TooManyEntries as error:
        raise ApiProblem(422, "rates.simulation_too_large", TOO_MANY) from error
    return models.Simulated(
        period=body.period,
        total=models.Compared(**compared(found.total)),
        partners=[of_partner(partner_id, one) for partner_id, one in sorted(found.partners.items())],
        tenants=[of_tenant(*key, one) for key, one in sorted(found.tenants.items())],
    )


TOO_MANY = f"More than {MOST_ENTRIES} entries: name a partner, or use `hb rates simulate`."


def of_partner(partner_id: UUID, one: Comparison) -> models.PartnerCompared:
    return models.PartnerCompared(partner_id=partner_id, **compared(one))


def of_tenant(partner_id: UUID, tenant_id: UUID, one: Comparison) -> models.TenantCompared:
    return models.TenantCompared(partner_id=partner_id, tenant_id=tenant_id, **compared(one))


def compared(one: Comparison) -> dict[str, Any]:
    sums = {"was": one.was, "would_be": one.would_be, "difference": one.difference}
    return {"calls": one.calls} | {name: shown(found) for name, found in sums.items()}


def shown(sums: Sums) -> models.Sums:
    return models.Sums(cost=sums.cost, price=sums.price, commission=sums.commission)
