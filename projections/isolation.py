"""One expression says whose rows the edge sees. Every table's policy `api` is made to say it."""

from hashlib import sha256
from pathlib import Path

from psycopg import sql

from projections.kernel import Connection

POLICY = (Path(__file__).parent / "policy.sql").read_text()
VERSION = sha256(POLICY.encode()).hexdigest()

OTHERS = """
SELECT polrelid::regclass::text FROM pg_policy WHERE polname = 'api'
AND obj_description(oid, 'pg_policy') IS DISTINCT FROM %s ORDER BY 1"""
ALTER = """
ALTER POLICY api ON {table} USING ({policy});
COMMENT ON POLICY api ON {table} IS {version}"""


async def isolate(conn: Connection) -> list[str]:
    """As owner. The tables whose policy said something else, or did not say which version it is."""
    async with conn.transaction():
        found = await (await conn.execute(OTHERS, (VERSION,))).fetchall()
        for (table,) in found:
            names = {"table": sql.SQL(table), "policy": sql.SQL(POLICY), "version": sql.Literal(VERSION)}
            await conn.execute(sql.SQL(ALTER).format(**names))
    return [table for (table,) in found]
