"""The vault as a whole: what is over is swept, and nothing is left of a person who is erased."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import uuid4

import pytest

from infra.crypto.personal import PersonalBox
from infra.crypto.subject_keys import PostgresSubjectKeys
from infra.db.migrate import migrate
from infra.db.pools import VAULT, async_pool
from infra.identity.erasing import TABLES, VaultEraser
from infra.identity.pool import Pool
from infra.identity.round_trips import RoundTrip
from infra.identity.session_types import Client, SessionRefused
from infra.identity.sweep import OVER, sweep
from infra.identity.vault import Vault, relying_party, vault
from infra.settings import Settings
from schemas.base import UserId
from schemas.personal import Redacted
from tests.infra.identity.conftest import MASTERS
from tests.support.authenticator import Authenticator
from tests.support.fakes.clock import FakeClock
from tests.support.fakes.vault.vault import memory_vault
from tests.support.servers import FreshDatabase

BROWSER = Client("192.0.2.7", "Firefox")
SETTINGS = Settings(
    passkey_domain="app.example", passkey_origins="https://app.example, https://b.app.example,"
)


async def used(parts: Vault, user_id: UserId) -> None:
    """Somebody leaves something in every part."""
    await parts.sessions.create(user_id, None, ["pwd"], BROWSER)
    await parts.passwords.set(user_id, "a hash")
    await parts.codes.issue("reset_password", str(user_id))
    await parts.registrations.put(uuid4().hex, b"sealed")
    await parts.round_trips.begin(uuid4().hex, "browser", RoundTrip("google", "n", "v"))
    await parts.totp.begin(user_id, "anna@acme.example")
    await parts.recovery_codes.renew(user_id)
    options = await parts.passkeys.registration(user_id, "anna@acme.example", "Anna", "browser")
    await parts.passkeys.register(user_id, "browser", Authenticator().create(options), "phone")
    await parts.passkeys.sign_in("browser", user_id)
    await parts.lockouts.attempt(uuid4().hex, "192.0.2.7")


async def counts(pool: Pool) -> Mapping[str, int]:
    async with pool.connection() as conn:
        found = {}
        for table in (*OVER, "passwords"):
            cursor = await conn.execute(f"SELECT count(*) FROM vault.{table}".encode())
            found[table] = int((await cursor.fetchall())[0][0])
        return found


@pytest.fixture
async def own_url(fresh_database: FreshDatabase) -> str:
    url = fresh_database("vault_swept")
    migrate(url)
    return url


async def test_what_is_over_is_swept_some_at_a_time(own_url: str, clock: FakeClock) -> None:
    async with async_pool(own_url, VAULT) as pool:
        parts = vault(pool, MASTERS, SETTINGS, clock)
        for _ in range(3):
            await used(parts, UserId(uuid4()))
        assert await sweep(pool, clock.now) == 0
        clock.advance(timedelta(hours=25))
        over = len(OVER) - 1
        assert await sweep(pool, clock.now, batch=2) == 2 * over
        assert await sweep(pool, clock.now, batch=2) == over + 1
        assert await sweep(pool, clock.now) == 0
        kept = await counts(pool)
        assert {kept[table] for table in OVER} == {0, 3} and kept["sessions"] == kept["passwords"] == 3
        clock.advance(timedelta(days=90))
        assert await sweep(pool, clock.now) == 3


async def test_nothing_is_left_of_a_person(pool: Pool, clock: FakeClock) -> None:
    parts, anna, zoe = vault(pool, MASTERS, SETTINGS, clock), UserId(uuid4()), UserId(uuid4())
    for user_id in (anna, zoe):
        await used(parts, user_id)
    session = await parts.sessions.create(anna, None, ["pwd"], BROWSER)
    eraser = VaultEraser(pool)
    touched = await eraser.erase(anna)
    assert touched == {**dict.fromkeys((*TABLES, "codes"), 1), "sessions": 2, "keys": 0}
    assert set((await eraser.erase(anna)).values()) == {0}
    with pytest.raises(SessionRefused):
        await parts.sessions.redeem(session.refresh_token, BROWSER)
    assert await parts.passwords.get(anna) is None
    assert await parts.passwords.get(zoe) and len(await parts.sessions.list(zoe)) == 1


async def test_the_one_in_memory_has_all_parts_too(clock: FakeClock) -> None:
    await used(memory_vault(clock), UserId(uuid4()))


def test_who_we_are_to_browsers_is_a_setting() -> None:
    party = relying_party(SETTINGS)
    assert (party.id, party.origins) == ("app.example", ("https://app.example", "https://b.app.example"))


async def test_keys_of_who_never_came_are_swept(own_url: str, clock: FakeClock) -> None:
    async with async_pool(own_url, VAULT) as pool:
        box = PersonalBox(PostgresSubjectKeys(pool), MASTERS)
        [letter] = await box.seal(uuid4(), "ada@example.com", until=clock.now + timedelta(hours=1))
        await box.seal(uuid4(), "bob@example.com")
        assert await sweep(pool, clock.now) == 0
        clock.advance(timedelta(hours=1))
        assert await sweep(pool, clock.now) == 1
        assert await sweep(pool, clock.now) == 0
        assert await PersonalBox(PostgresSubjectKeys(pool), MASTERS).open([letter]) == [Redacted()]
