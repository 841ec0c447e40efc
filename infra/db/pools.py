"""Bounded pools of connections that act as one of our roles."""

from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

API = "hb_api"
WORKER = "hb_worker"
VAULT = "hb_vault"
ERASER = "hb_eraser"

API_STATEMENT_TIMEOUT = "5s"
IDLE_IN_TRANSACTION_TIMEOUT = "30s"
WAIT_SECONDS = 5.0


def async_pool(
    database_url: str, role: str, min_size: int = 1, max_size: int = 10
) -> AsyncConnectionPool[AsyncConnection[Any]]:
    """Not open yet: `async with` it. Who gets no connection in 5 s gets PoolTimeout instead of waiting on."""
    return AsyncConnectionPool(
        database_url,
        min_size=min_size,
        max_size=max_size,
        timeout=WAIT_SECONDS,
        max_waiting=20 * max_size,
        kwargs={"options": options(role), "autocommit": True},
        open=False,
        name=role,
    )


def options(role: str) -> str:
    settings = {"role": role, "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_TIMEOUT}
    if role in (API, VAULT):
        settings["statement_timeout"] = API_STATEMENT_TIMEOUT
    return " ".join(f"-c {name}={value}" for name, value in settings.items())
