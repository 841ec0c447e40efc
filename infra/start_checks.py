"""Is what we are about to run on good enough? Each failure says what to do about it."""

from collections.abc import Mapping

import nats
import nats.errors
import nats.js.errors
import psycopg
from nats.aio.client import Client as NatsClient

from infra.embedded.nats_check import assert_durable, warn_unproven
from infra.errors import SetupError

OLDEST_POSTGRES = 17
"""The MAINTAIN privilege lets the worker lock the event table without being able to change it."""
OLDEST_PGVECTOR = (0, 8)
OLDEST_NATS = (2, 12)
SMALLEST_NATS_MESSAGE = 8 * 1_048_576
CONNECT_SECONDS = 5
UNSAFE_VALUE = "off"


class DatabaseUnreachable(SetupError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"Postgres does not answer: {reason}.", "Check HB_DATABASE_URL, or unset it.")


class PostgresTooOld(SetupError):
    def __init__(self, found: int) -> None:
        super().__init__(
            f"Postgres is version {found}.",
            f"Use {OLDEST_POSTGRES} or newer, or unset HB_DATABASE_URL to use the embedded one.",
        )


class PostgresNotDurable(SetupError):
    def __init__(self, setting: str) -> None:
        super().__init__(
            f"Postgres runs with {setting} = off, so a power loss would lose committed events.",
            f"Set {setting} = on in its configuration and restart it.",
        )


class PgvectorMissing(SetupError):
    def __init__(self, found: str | None) -> None:
        super().__init__(
            f"the pgvector extension is {f'version {found}' if found else 'not available'} in Postgres.",
            f"Install pgvector {dotted(OLDEST_PGVECTOR)} or newer on that server.",
        )


class NatsUnreachable(SetupError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"NATS does not answer: {reason}.", "Check HB_NATS_URL, or unset it.")


class NatsTooOld(SetupError):
    def __init__(self, found: tuple[int, int]) -> None:
        super().__init__(
            f"nats-server is version {dotted(found)}.",
            f"Use {dotted(OLDEST_NATS)} or newer, or unset HB_NATS_URL to use the embedded one.",
        )


class NatsMessagesTooSmall(SetupError):
    def __init__(self, found: int) -> None:
        super().__init__(
            f"NATS takes messages of {found} bytes at most.",
            f"Set `max_payload: {SMALLEST_NATS_MESSAGE}` in that server's configuration and restart it.",
        )


class JetStreamMissing(SetupError):
    def __init__(self) -> None:
        super().__init__(
            "NATS has no JetStream for this account.",
            "Enable `jetstream` in the server's configuration, and for the account if it has several.",
        )


class SchemaMismatch(SetupError):
    def __init__(self, expected: int, found: int | None) -> None:
        fix = "Run `./justw hb migrate`."
        if found is not None and found > expected:
            fix = "Deploy the newer code this database was migrated for."
        has = "no schema yet" if found is None else f"schema version {found}"
        super().__init__(f"the database has {has}, this code needs {expected}.", fix)


async def check(database_url: str, nats_url: str, nats_monitor_url: str | None) -> None:
    await check_postgres(database_url)
    await check_nats(nats_url)
    if nats_monitor_url:
        await assert_durable(nats_monitor_url)
    else:
        warn_unproven(nats_url)


async def check_postgres(url: str) -> None:
    try:
        async with await psycopg.AsyncConnection.connect(url, connect_timeout=CONNECT_SECONDS) as connection:
            cursor = await connection.execute(
                "SELECT name, setting FROM pg_settings"
                " WHERE name IN ('server_version_num', 'fsync', 'synchronous_commit', 'full_page_writes')"
                " UNION ALL SELECT name, default_version FROM pg_available_extensions WHERE name = 'vector'"
            )
            found: dict[str, str] = dict(await cursor.fetchall())
    except psycopg.Error as error:
        raise DatabaseUnreachable(" ".join(str(error).split())) from error
    judge_postgres(found)


def judge_postgres(found: Mapping[str, str]) -> None:
    major = int(found["server_version_num"]) // 10_000
    if major < OLDEST_POSTGRES:
        raise PostgresTooOld(major)
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        if found[setting] == UNSAFE_VALUE:
            raise PostgresNotDurable(setting)
    vector = found.get("vector")
    if vector is None or version(vector) < OLDEST_PGVECTOR:
        raise PgvectorMissing(vector)


async def check_nats(url: str) -> None:
    client = await connect(url)
    try:
        found = client.connected_server_version
        judge_nats((found.major, found.minor), client.max_payload)
        await client.jetstream().account_info()
    except (nats.js.errors.ServiceUnavailableError, nats.errors.NoRespondersError) as error:
        raise JetStreamMissing from error
    finally:
        await client.close()


async def connect(url: str) -> NatsClient:
    try:
        # nats-py tries to connect for two minutes unless told otherwise; 0 attempts means for ever.
        return await nats.connect(
            url,
            connect_timeout=CONNECT_SECONDS,
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
        )
    except (OSError, ValueError, nats.errors.Error) as error:
        raise NatsUnreachable(str(error) or type(error).__name__) from error


def judge_nats(found: tuple[int, int], max_payload: int) -> None:
    if found < OLDEST_NATS:
        raise NatsTooOld(found)
    if max_payload < SMALLEST_NATS_MESSAGE:
        raise NatsMessagesTooSmall(max_payload)


def check_schema(expected: int, found: int | None) -> None:
    if found != expected:
        raise SchemaMismatch(expected, found)


def version(text: str) -> tuple[int, ...]:
    """Major and minor; what follows does not matter here."""
    return tuple(int(part) for part in text.split(".")[:2])


def dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))
