"""Creates a projection's tables, protected, and the views that name the live ones. Runs as owner."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from psycopg import sql

from projections.isolation import policy_of
from projections.kernel import Connection, Projection, physical

COMMON = """
    tenant_id  uuid        NOT NULL,
    partner_id uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    position   bigint      NOT NULL
"""
PROTECT = (Path(__file__).parent / "protect.sql").read_text()
CHANGEABLE = "GRANT UPDATE, DELETE ON {table} TO hb_worker"
INSERT_ONLY = (
    "CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
)
KNOW = "INSERT INTO projections (name, version, shape) VALUES (%s, 1, %s)"
# The invoker's policies decide, not the view owner's.
VIEW = """
DROP VIEW IF EXISTS {view};
CREATE VIEW {view} WITH (security_invoker = true) AS SELECT * FROM {table};
GRANT SELECT ON {view} TO hb_api, hb_worker;
GRANT DELETE ON {view} TO hb_worker; -- what the table itself does not grant stays refused
"""


async def install(conn: Connection, projections: Sequence[Projection]) -> list[str]:
    """Version 1 of every projection the database does not know yet; returns their names."""
    async with conn.transaction():
        rows = await (await conn.execute("SELECT name FROM projections")).fetchall()
        known = {name for (name,) in rows}
        fresh = [projection for projection in projections if projection.name not in known]
        for projection in fresh:
            await create_tables(conn, projection, 1)
            await point_views(conn, projection, 1)
            await conn.execute(KNOW, (projection.name, shape(projection)))
    return [projection.name for projection in fresh]


def shape(projection: Projection) -> str:
    """What its rows are made by. Another shape is a rebuild."""
    made_by = (str(projection.revision), projection.schema, COMMON, PROTECT)
    return sha256("\n".join(made_by).encode()).hexdigest()


async def outdated(conn: Connection, projections: Sequence[Projection]) -> list[Projection]:
    """Those whose live rows another shape made, and those that are not there at all."""
    found = dict(await (await conn.execute("SELECT name, shape FROM projections")).fetchall())
    return [projection for projection in projections if found.get(projection.name) != shape(projection)]


async def create_tables(conn: Connection, projection: Projection, version: int) -> None:
    names = {table: sql.Identifier(physical(table, version)) for table in projection.tables}
    await conn.execute(sql.SQL(projection.schema).format(**names, common=sql.SQL(COMMON)))
    for table, name in names.items():
        await conn.execute(protection(name, table, table in projection.insert_only))


def protection(table: sql.Identifier, name: str, insert_only: bool) -> sql.Composed:
    """No table is made without it: isolation per tenant and no more rights than its use needs."""
    template = sql.SQL(PROTECT + (INSERT_ONLY if insert_only else CHANGEABLE))
    return template.format(table=table, policy=sql.SQL(policy_of(name)))


async def point_views(conn: Connection, projection: Projection, version: int) -> None:
    for table in projection.tables:
        names = {"view": sql.Identifier(table), "table": sql.Identifier(physical(table, version))}
        await conn.execute(sql.SQL(VIEW).format(**names))


async def drop_tables(conn: Connection, projection: Projection, version: int) -> None:
    for table in projection.tables:
        name = sql.Identifier(physical(table, version))
        await conn.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
