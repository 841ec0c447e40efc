"""No statement is about rows of nobody in particular: one that forgets its tenant changes everybody's.

The edge's statements run inside a scope, which policies enforce. All others say whose rows they are about: by
the tenant, or by a key that is one tenant's. Those that are for all tenants are listed here, with the reason.
"""

import ast
import re

import pytest

from projections.registry import PROJECTIONS
from tests.architecture.sql_texts import calls, offenders
from tests.architecture.tree import ROOT, code_files, parsed, shown

EVERY_TENANT = {
    "bus.audit.chunk:check": "proves the whole ledger",
    "bus.audit.entry_rows:ROWS": "compares the whole ledger with its projection",
    "bus.audit.projected:wrong_totals": "compares every month with its entries",
    "bus.audit.projected:held_rows": "compares every hold with the record",
    "bus.audit.replay:follow": "replays the ledger by its sequence",
    "bus.audit.replay:stored": "replays the ledger by its positions",
    "bus.audit.reprojected:pages": "builds money projections again from all events",
    "bus.audit.verify:snapshot": "cuts the whole ledger into equal pieces",
    "bus.monitor:_queues_and_relay": "counts what is not relayed",
    "bus.monitor:_unsealed": "counts what is not sealed",
    "bus.monitor:_projections": "counts calls of unknown outcome",
    "infra.access_log.postgres:page": "within the edge's scope only",
    "infra.audit.archive:bounds": "the first and last leaf there are",
    "infra.audit.canonical:ROWS": "seals events in their order",
    "infra.audit.ledger:page": "the whole ledger, or within the edge's scope",
    "infra.audit.ledger:export": "the whole ledger, or within the edge's scope",
    "infra.audit.store:tail": "the last leaf there is",
    "infra.audit.store:hashes": "leaves of the tree, which say nothing of what is in them",
    "infra.eventstore.postgres:after": "relays events in their order",
    "infra.eventstore.postgres:previous": "the position before another",
    "infra.eventstore.reading:payload": "within the edge's scope only: a hash is no right",
    "infra.eventstore.recorder:foreign_claims": "names are unique among all tenants",
    "projections.executions.overdue:runs": "wakes whatever is overdue",
    "projections.executions.overdue:idle": "wakes whatever is idle",
    "projections.triggers.overdue:pending": "refuses whatever was not started",
    "projections.invitations.queries:pending_for": "an address, wherever it was invited",
    "projections.ledger_entries.queries:costs_of": "reconciles a provider's invoice with all calls",
    "projections.ledger_entries.rerating:settled_after": "an operator's simulation over everybody's calls",
    "projections.run_queue.queries:load": "whose turn it is among all tenants",
    "projections.tenants.queries:to_review": "counts whom people hold back, for the operator",
    "projections.timers.project:project": "a timer's name begins with the run it is of",
    "projections.timers.queries:due": "sends whatever is due",
    "projections.timers.queries:fired": "takes out what was sent, by its unique name",
}

CREATED = re.compile(r"CREATE TABLE (\w+) \((.*?)\n\)", re.DOTALL)
OUTSIDE_A_SCOPE = {
    "api/main.py:check": "asks for an answer, not for rows",
    "api/adapters/access.py:store": "writes the access log, as a role that cannot read it",
}
OPENS = {"connection", "connect"}


def tables() -> frozenset[str]:
    migrations = "\n".join(file.read_text() for file in (ROOT / "infra/db/migrations").glob("*.sql"))
    recorded = {name for name, columns in CREATED.findall(migrations) if "tenant_id" in columns}
    return frozenset(recorded | {table for projection in PROJECTIONS for table in projection.tables})


def found() -> set[str]:
    known = tables()
    assert len(known) > 40
    sources = {module(file): file.read_text() for file in code_files("api", "bus", "infra", "projections")}
    for_workers = {
        name
        for place, source in sources.items()
        if not place.startswith("api.adapters.")
        for name in calls(source)
    }
    places = {place for name, source in sources.items() for place in offenders(name, source, known)}
    return {place for place in places if not within_a_scope(place) or place in for_workers}


def within_a_scope(place: str) -> bool:
    """Queries that only the edge's adapters ask."""
    return place.startswith("projections.") and ".project:" not in place


def module(file: object) -> str:
    return str(file).removeprefix(f"{ROOT}/").removesuffix(".py").replace("/", ".")


def test_every_statement_says_whose_rows_it_is_about() -> None:
    assert found() - EVERY_TENANT.keys() == set()


def test_no_reason_is_kept_for_what_is_gone() -> None:
    assert EVERY_TENANT.keys() - found() == set()


def opened_outside(files: list[tuple[str, ast.Module]]) -> set[str]:
    return {
        f"{place}:{function.name}"
        for place, tree in files
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        and not any(isinstance(node, ast.AsyncFunctionDef) for node in function.body)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in OPENS
    }


def test_the_edge_asks_within_a_scope_only() -> None:
    files = [file for file in code_files("api") if "cli" not in file.parts]
    found = opened_outside([(shown(file), parsed(file)) for file in files])
    assert found == OUTSIDE_A_SCOPE.keys()


PINNED = (
    "SELECT * FROM runs WHERE tenant_id = %s AND status = 'open'",
    "SELECT * FROM runs WHERE (tenant_id, name) = (%s, %s)",
    "SELECT * FROM runs r JOIN steps s ON s.execution_id = r.id WHERE r.id = %(id)s",
    "UPDATE runs SET status = 'open' WHERE id = ANY(%s)",
    "DELETE FROM {runs} AS t USING r WHERE t.id = r.id",
    "INSERT INTO runs SELECT * FROM json_to_recordset(%s)",
    "SELECT * FROM checkpoints",
)
OFFENDING = (
    "SELECT * FROM runs",
    "SELECT tenant_id FROM runs ORDER BY tenant_id",
    "SELECT * FROM runs WHERE status = 'open'",
    "SELECT * FROM runs WHERE (%(tenant_id)s::uuid IS NULL OR tenant_id = %(tenant_id)s)",
    "SELECT * FROM checkpoints c JOIN runs r ON r.position = c.position",
    "SELECT * FROM payloads WHERE hash = %s",
    "UPDATE runs SET name = '[erased]' WHERE name = %s",
    "UPDATE {runs} SET name = '[erased]'",
    "DELETE FROM runs_v1 WHERE finished_at < now()",
)
WAYS = (
    'async def f(conn):\n    await conn.execute("{}")\n',
    'QUERY = "{}"\nasync def f(conn):\n    await conn.execute(QUERY)\n',
    'QUERY = "{}"\nasync def f(conn):\n    await conn.execute(f"{{QUERY}} LIMIT 5")\n',
    'QUERY = "{}"\nasync def f(conn):\n    await page(conn, Row, QUERY, before, 50)\n',
    'class Store:\n    def f(self):\n        return self.rows("{}")\n',
    'QUERY = "{}"\n',
)


@pytest.mark.parametrize("way", WAYS)
def test_the_rule_finds_what_is_planted(way: str) -> None:
    planted = frozenset({"runs", "steps", "payloads"})
    for sql in OFFENDING:
        assert offenders("m", way.format(sql), planted), sql
    for sql in PINNED:
        assert not offenders("m", way.format(sql), planted), sql


def test_the_rule_knows_who_asks() -> None:
    source = (
        "from projections.users import queries as users\nfrom bus.x import f\nusers.by_email(conn)\nf()\n"
    )
    assert {"projections.users.queries:by_email", "bus.x:f"} <= calls(source)


def test_a_connection_of_its_own_is_found() -> None:
    planted = (
        "class Reads:\n    async def run(self):\n        async with self._pool.connection() as conn: ...\n"
    )
    assert opened_outside([("api/x.py", ast.parse(planted))]) == {"api/x.py:run"}
