"""A tenant's pages under row-level security, and the same questions without."""

from functools import partial

from infra.db.pools import API
from infra.db.scope import Scope
from projections.executions import queries as executions
from projections.ledger_entries import queries as entries
from projections.members import queries as members
from projections.tenants import queries as tenants
from schemas.base import PartnerId, TenantId
from tests.benchmarks.figures import Figure, Reference
from tests.benchmarks.isolation.crowd import PARTNER, Ask, Crowd, crowd, in_turns
from tests.benchmarks.measure import Spread
from tests.benchmarks.setting import Result
from tests.benchmarks.stage import Stage

LIMIT = 51
MOST = 1.1
OWNER = "postgres"


async def measure(stage: Stage) -> Result:
    async with crowd(stage) as made:
        tenant = TenantId(await made.a_tenant())
        of_tenant, of_partner = Scope(tenant_id=tenant), Scope(partner_id=PartnerId(PARTNER))
        questions: dict[str, tuple[Scope, Ask]] = {
            "runs": (of_tenant, partial(executions.list_page, limit=LIMIT, tenant_id=tenant)),
            "entries": (of_tenant, partial(entries.list_page, limit=LIMIT, tenant_id=tenant)),
            "members": (of_tenant, partial(members.list_page, place_id=tenant, limit=LIMIT)),
            "tenants": (of_partner, partial(tenants.list_page, limit=LIMIT, partner_id=PARTNER)),
        }
        return Result([await beside(made, name, *question) for name, question in questions.items()])


async def beside(made: Crowd, name: str, scope: Scope, ask: Ask) -> Figure:
    async with made.as_role(API, scope) as bound, made.as_role(OWNER, scope) as free:
        took = await in_turns(ask, {"bound": bound, "free": free}, made.times)
    wanted = Spread.once(took["free"].median * MOST)
    references = (
        Reference("no RLS", took["free"], "the same query and settings as a superuser"),
        Reference("wanted", wanted, "10 % more than without"),
    )
    return Figure(f"page of {name}", "ms", took["bound"], made.shape, references)
