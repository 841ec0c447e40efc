import psycopg
import pytest

from infra.db.pools import API, async_pool
from infra.db.scope import Scope, scoped
from projections.secrets import queries as secrets
from projections.tools import queries as tools
from schemas.authoring import events as e
from schemas.authoring.tools import HttpTool
from schemas.base import Event, TenantId
from tests.projections.world import OTHER_TENANT, TENANT, World
from tests.support.builders import http_tool


def tool(name: str, tenant: TenantId = TENANT, **changes: str) -> e.ToolSet:
    definition: HttpTool = http_tool(**changes)
    return e.ToolSet(tenant_id=tenant, name=name, definition=definition, hash=f"hash of {definition.method}")


def secret(name: str, fingerprint: str = "00000000", tenant: TenantId = TENANT) -> e.SecretSet:
    return e.SecretSet(tenant_id=tenant, name=name, ciphertext="gAAAsealed", fingerprint=fingerprint)


async def given(world: World, *events: Event, tenant: TenantId = TENANT) -> None:
    for event in events:
        kind = type(event).type_name.split(".")[1]
        name = event.model_dump()["name"]
        await world.given(world.record(f"{kind}-{tenant}-{name}", event, tenant=tenant))


async def test_a_tool_is_as_it_was_set_last(world: World) -> None:
    await given(world, tool("a"), tool("b"), tool("a", method="PUT"))
    await given(world, e.ToolDeprecated(tenant_id=TENANT, name="b"))
    rows = {row["name"]: row for row in await world.rows("tools")}
    assert rows["a"]["definition"]["method"] == "PUT"
    assert (rows["a"]["hash"], rows["a"]["deprecated"]) == ("hash of PUT", False)
    assert rows["a"]["updated_at"] > rows["a"]["created_at"]
    assert (rows["b"]["hash"], rows["b"]["deprecated"]) == ("hash of GET", True)
    await given(world, tool("b"))
    assert [row["deprecated"] for row in await world.rows("tools")] == [False, False]


async def test_a_secret_is_a_name_and_a_fingerprint_until_it_is_removed(world: World) -> None:
    await given(world, secret("A"), secret("B", "bbbbbbbb"), secret("A", "aaaaaaaa"))
    rows = await world.rows("secrets", order="name")
    assert [(row["name"], row["fingerprint"]) for row in rows] == [("A", "aaaaaaaa"), ("B", "bbbbbbbb")]
    assert "gAAAsealed" not in str(rows)
    await given(world, e.SecretRemoved(tenant_id=TENANT, name="A"))
    assert [row["name"] for row in await world.rows("secrets")] == ["B"]
    await given(world, secret("A"))
    assert {row["name"] for row in await world.rows("secrets")} == {"A", "B"}


async def test_set_and_removed_in_one_batch(world: World) -> None:
    stream = f"secret-{TENANT}-A"
    removed = e.SecretRemoved(tenant_id=TENANT, name="A")
    await world.given(world.record(stream, secret("A"), removed))
    assert await world.rows("secrets") == []
    await world.given(world.record(stream, secret("A"), removed, secret("A", "aaaaaaaa")))
    assert [row["fingerprint"] for row in await world.rows("secrets")] == ["aaaaaaaa"]


async def test_the_same_events_twice_make_the_same_rows(world: World) -> None:
    events = world.record(f"tool-{TENANT}-a", tool("a"), tool("a", method="PUT"))
    await world.given(events)
    once = await world.everything("tools")
    await world.given(events)
    assert await world.everything("tools") == once


async def test_names_are_each_tenants_own(world: World) -> None:
    await given(world, tool("a"), tool("b"), secret("A"), secret("B"))
    await given(
        world,
        tool("a", OTHER_TENANT, method="PUT"),
        secret("A", "ffffffff", OTHER_TENANT),
        tenant=OTHER_TENANT,
    )
    async with async_pool(world.url, API, 1, 1) as pool, scoped(pool, Scope(tenant_id=TENANT)) as conn:
        found = await tools.get(conn, TENANT, "a")
        assert found is not None and found.definition["method"] == "GET"
        assert await tools.get(conn, OTHER_TENANT, "a") is None
        assert await tools.get(conn, TENANT, "unknown") is None
        assert [row.name for row in await tools.list_page(conn, TENANT, "", 9)] == ["a", "b"]
        assert [row.name for row in await tools.list_page(conn, TENANT, "a", 9)] == ["b"]
        assert [row.name for row in await secrets.list_page(conn, TENANT, "", 1)] == ["A"]
        assert await secrets.list_page(conn, OTHER_TENANT, "", 9) == []


async def test_no_column_of_a_secret_holds_its_value(world: World) -> None:
    with psycopg.connect(world.url) as conn:
        query = "SELECT column_name FROM information_schema.columns WHERE table_name = 'secrets'"
        columns = {name for (name,) in conn.execute(query)}
    assert columns == {
        "name",
        "fingerprint",
        "tenant_id",
        "partner_id",
        "created_at",
        "updated_at",
        "position",
    }


@pytest.mark.parametrize("table", ["tools", "secrets"])
async def test_the_edge_may_not_write(world: World, table: str) -> None:
    async with async_pool(world.url, API, 1, 1) as pool, pool.connection() as conn:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await conn.execute(f"DELETE FROM {table}".encode())
