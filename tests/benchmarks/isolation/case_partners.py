"""A partner's rows: by a column of each row, or by the list of the tenants that are the partner's now."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial

from psycopg import sql

from infra.db.scope import Scope
from projections.executions import queries as executions
from projections.kernel import Connection
from projections.ledger_entries import queries as entries
from projections.tenants import queries as tenants
from schemas.base import PartnerId
from tests.benchmarks.figures import Figure, Reference
from tests.benchmarks.isolation.case_lists import LIMIT, OWNER
from tests.benchmarks.isolation.crowd import PARTNER, Ask, Crowd, crowd, in_turns
from tests.benchmarks.setting import Result
from tests.benchmarks.stage import Stage

SETTING = "(SELECT nullif(current_setting('app.partner_id', true), '')::uuid)"
FORMS = {
    "by_column": f"partner_id = {SETTING}",
    "by_list": f"tenant_id IN (SELECT l.tenant_id FROM partner_list l WHERE l.partner_id = {SETTING})",
}
TABLES = ("executions", "ledger_entries", "tenants")
LISTED = """
CREATE TABLE partner_list (partner_id uuid, tenant_id uuid, PRIMARY KEY (partner_id, tenant_id));
INSERT INTO partner_list SELECT partner_id, id FROM tenants;
ANALYZE partner_list"""
ROLE = "CREATE ROLE {role}; GRANT SELECT ON partner_list TO {role}"
POLICY = """
CREATE POLICY {role} ON {table} FOR SELECT TO {role} USING (CASE WHEN {setting} IS NOT NULL THEN {form} END);
GRANT SELECT ON {table}, {view} TO {role}"""


async def measure(stage: Stage) -> Result:
    questions: dict[str, Ask] = {
        "runs": partial(executions.list_page, limit=LIMIT),
        "entries": partial(entries.list_page, limit=LIMIT),
        "tenants": partial(tenants.list_page, limit=LIMIT),
    }
    async with crowd(stage) as made, AsyncExitStack() as stack:
        await prepare(made)
        scope = Scope(partner_id=PartnerId(PARTNER))
        roles = {role: await stack.enter_async_context(made.as_role(role, scope)) for role in (*FORMS, OWNER)}
        return Result([await beside(made, name, ask, roles) for name, ask in questions.items()])


async def prepare(made: Crowd) -> None:
    """A role for each form, so that both are asked in the same run."""
    await made.owner.execute(LISTED.encode())
    for role, form in FORMS.items():
        words = {"role": sql.Identifier(role), "form": sql.SQL(form), "setting": sql.SQL(SETTING)}
        await made.owner.execute(sql.SQL(ROLE).format(role=words["role"]))
        for table in TABLES:
            names = {"table": sql.Identifier(f"{table}_v1"), "view": sql.Identifier(table)}
            await made.owner.execute(sql.SQL(POLICY).format(**words, **names))


async def beside(made: Crowd, name: str, ask: Ask, roles: Mapping[str, Connection]) -> Figure:
    took = await in_turns(ask, roles, made.times)
    references = (
        Reference("by a column", took["by_column"], "does not know of transfers"),
        Reference("no RLS", took[OWNER], "everybody's, as a superuser"),
    )
    title = f"partner's page of {name}, by a list"
    return Figure(title, "ms", took["by_list"], f"one partner of {made.shape}", references)
