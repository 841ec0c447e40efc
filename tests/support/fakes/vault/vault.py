"""The vault in memory: every part of it passes the same conformance suite as the one in Postgres."""

from infra.identity.passkeys import Passkeys, RelyingParty
from infra.identity.pool import Clock
from infra.identity.refresh_tokens import RefreshTokens
from infra.identity.vault import Vault
from tests.support.fakes.vault.codes import MemoryCodes
from tests.support.fakes.vault.factors import MemoryRecoveryCodes, MemoryTotp
from tests.support.fakes.vault.lockouts import MemoryLockouts
from tests.support.fakes.vault.passkeys import MemoryPasskeys
from tests.support.fakes.vault.passwords import MemoryPasswords
from tests.support.fakes.vault.sessions import MemorySessions
from tests.support.fakes.vault.waiting import MemoryRegistrations, MemoryRoundTrips

PARTY = RelyingParty("app.example", ("https://app.example",))


def memory_vault(now: Clock) -> Vault:
    return Vault(
        sessions=MemorySessions(RefreshTokens(["a master key"]), now),
        passwords=MemoryPasswords(now),
        codes=MemoryCodes(now),
        registrations=MemoryRegistrations(now),
        round_trips=MemoryRoundTrips(now),
        totp=MemoryTotp(now),
        recovery_codes=MemoryRecoveryCodes(),
        passkeys=Passkeys(MemoryPasskeys(now), PARTY, now),
        lockouts=MemoryLockouts(now),
    )
