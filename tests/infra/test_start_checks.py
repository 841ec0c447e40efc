import pytest

from infra.embedded.nats import EmbeddedNats
from infra.embedded.ports import free_ports
from infra.errors import SetupError
from infra.start_checks import (
    SMALLEST_NATS_MESSAGE,
    DatabaseUnreachable,
    NatsMessagesTooSmall,
    NatsTooOld,
    NatsUnreachable,
    PgvectorMissing,
    PostgresNotDurable,
    PostgresTooOld,
    SchemaMismatch,
    check,
    check_nats,
    check_postgres,
    check_schema,
    judge_nats,
    judge_postgres,
)

GOOD = {
    "server_version_num": "180004",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "vector": "0.8.0",
}


async def test_our_own_servers_pass(postgres_url: str, nats_server: EmbeddedNats) -> None:
    await check(postgres_url, nats_server.url, nats_server.monitor_url)


async def test_without_a_monitoring_address_it_goes_on(postgres_url: str, nats_url: str) -> None:
    await check(postgres_url, nats_url, None)


@pytest.mark.parametrize(
    ("found", "refusal"),
    [
        ({"server_version_num": "160011"}, PostgresTooOld),
        ({"fsync": "off"}, PostgresNotDurable),
        ({"synchronous_commit": "off"}, PostgresNotDurable),
        ({"full_page_writes": "off"}, PostgresNotDurable),
        ({"vector": "0.7.4"}, PgvectorMissing),
        ({"vector": None}, PgvectorMissing),
    ],
)
def test_a_postgres_we_cannot_rely_on_is_refused(found: dict[str, str], refusal: type[SetupError]) -> None:
    judge_postgres(GOOD)
    with pytest.raises(refusal) as raised:
        judge_postgres({**GOOD, **found})
    assert raised.value.fix


def test_an_old_nats_is_refused() -> None:
    judge_nats((2, 12), SMALLEST_NATS_MESSAGE)
    with pytest.raises(NatsTooOld, match=r"2\.11"):
        judge_nats((2, 11), SMALLEST_NATS_MESSAGE)


def test_a_nats_that_takes_small_messages_only_is_refused() -> None:
    with pytest.raises(NatsMessagesTooSmall) as refusal:
        judge_nats((2, 12), 1_048_576)
    assert "max_payload: 8388608" in refusal.value.fix


async def test_servers_that_are_not_there_are_named() -> None:
    [port] = free_ports(1)
    with pytest.raises(DatabaseUnreachable) as refusal:
        await check_postgres(f"postgresql://u:hidden@127.0.0.1:{port}/x")
    assert "hidden" not in str(refusal.value)
    with pytest.raises(NatsUnreachable):
        await check_nats(f"nats://127.0.0.1:{port}")


@pytest.mark.parametrize(("found", "fix"), [(None, "migrate"), (1, "migrate"), (3, "newer code")])
def test_another_schema_version_is_refused(found: int | None, fix: str) -> None:
    check_schema(2, 2)
    with pytest.raises(SchemaMismatch) as refusal:
        check_schema(2, found)
    assert fix in refusal.value.fix
