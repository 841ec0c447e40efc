"""All that proves who people are, put together over one pool."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from infra.identity.codes import CodeHashes, Codes, PostgresCodes
from infra.identity.lockouts import Lockouts, PostgresLockouts
from infra.identity.passkey_rows import PostgresPasskeys
from infra.identity.passkeys import Passkeys, RelyingParty
from infra.identity.passwords import PasswordStore, PostgresPasswords
from infra.identity.pool import Clock, Pool
from infra.identity.recovery_codes import PostgresRecoveryCodes, RecoveryCodes
from infra.identity.refresh_tokens import RefreshTokens
from infra.identity.registrations import PendingRegistrations, PostgresRegistrations
from infra.identity.round_trips import PostgresRoundTrips, RoundTrips
from infra.identity.session_types import Life, Sessions
from infra.identity.sessions import PostgresSessions
from infra.identity.totp import PostgresTotp, Totp
from infra.settings import Settings


@dataclass(frozen=True)
class Vault:
    sessions: Sessions
    passwords: PasswordStore
    codes: Codes
    registrations: PendingRegistrations
    round_trips: RoundTrips
    totp: Totp
    recovery_codes: RecoveryCodes
    passkeys: Passkeys
    lockouts: Lockouts


def vault(pool: Pool, masters: Sequence[str], settings: Settings, now: Clock) -> Vault:
    """`masters`: the current master key first."""
    return Vault(
        sessions=PostgresSessions(
            pool,
            RefreshTokens(masters),
            now,
            Life(timedelta(days=settings.session_idle_days), timedelta(days=settings.session_days)),
        ),
        passwords=PostgresPasswords(pool, now),
        codes=PostgresCodes(pool, CodeHashes(masters), now),
        registrations=PostgresRegistrations(pool, now),
        round_trips=PostgresRoundTrips(pool, masters, now),
        totp=PostgresTotp(pool, masters, now),
        recovery_codes=PostgresRecoveryCodes(pool, masters, now),
        passkeys=Passkeys(PostgresPasskeys(pool, now), relying_party(settings), now),
        lockouts=PostgresLockouts(pool, masters, now),
    )


def relying_party(settings: Settings) -> RelyingParty:
    origins = (origin.strip() for origin in settings.passkey_origins.split(","))
    return RelyingParty(settings.passkey_domain, tuple(origin for origin in origins if origin))
