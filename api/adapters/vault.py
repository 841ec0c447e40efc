"""What is kept in the vault, for whoever is no API process: the command line, the demo."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from api.people import People
from infra.crypto.personal import PersonalBox
from infra.crypto.subject_keys import PostgresSubjectKeys
from infra.db.pools import VAULT, async_pool
from infra.identity.passwords import PasswordStore, PostgresPasswords


@dataclass(frozen=True)
class Accounts:
    """Enough to make somebody who can log in."""

    people: People
    passwords: PasswordStore


def people_in(vault: AsyncConnectionPool[AsyncConnection[Any]], master: str) -> People:
    return People(PersonalBox(PostgresSubjectKeys(vault), [master]))


@asynccontextmanager
async def opened_accounts(database_url: str, master: str) -> AsyncIterator[Accounts]:
    async with async_pool(database_url, VAULT, max_size=2) as vault:
        yield Accounts(people_in(vault, master), PostgresPasswords(vault))
