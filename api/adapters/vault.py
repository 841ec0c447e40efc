"""What the edge keeps in the vault."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from api.people import People
from infra.crypto.personal import PersonalBox
from infra.crypto.subject_keys import PostgresSubjectKeys
from infra.db.pools import VAULT, async_pool
from infra.identity.passwords import PostgresPasswords


def people_in(vault: AsyncConnectionPool[AsyncConnection[Any]], master: str) -> People:
    return People(PersonalBox(PostgresSubjectKeys(vault), [master]), PostgresPasswords(vault))


@asynccontextmanager
async def opened_people(database_url: str, master: str) -> AsyncIterator[People]:
    """For whoever is no API process: the command line, the demo."""
    async with async_pool(database_url, VAULT, max_size=2) as vault:
        yield people_in(vault, master)
