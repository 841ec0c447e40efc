"""What an app is assembled from."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from api.buckets import Buckets
from api.federation.parts import Federation
from api.found_keys import FoundKeys
from api.gateway.addresses import Network
from api.gateway.cookies import SessionCodec
from api.gateway.deadlines import Seconds
from api.gateway.limiter import Limiter
from api.hook_secrets import HookSecrets
from api.hosts import Hosts, nobody
from api.key_uses import KeyUses
from api.people import People
from api.ports import (
    AccessTrail,
    Audit,
    Check,
    EntryProofs,
    Keys,
    KeysThatStay,
    Live,
    McpServers,
    MfaTokens,
    Seal,
    SecretSealer,
    Submitter,
    TokenMaker,
)
from api.reads import Reads
from api.registering.rules import Registration
from api.standing import Standing
from infra.crypto.passwords import Passwords
from infra.identity.pool import Clock, utc_now
from infra.identity.vault import Vault
from schemas.tenancy.life import GRACE_DAYS

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Limits:
    max_body_bytes: int = 1_048_576
    command_wait_seconds: float = 2.0
    read_wait_seconds: float = 2.0
    check_seconds: float = 2.0
    heartbeat_seconds: float = 15.0
    look_again_seconds: float = 1.0
    seconds: Seconds = field(default_factory=Seconds)
    tenant_grace_days: int = GRACE_DAYS
    most_requests: int = 1_000
    most_streams: int = 2_000
    most_of_one_address: int = 250
    trusted_proxies: tuple[Network, ...] = ()
    cors_origins: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Deps:
    """`outages`: which exceptions mean that a part is away, and the code to say so; the rest are bugs.

    `hash_key` keys the hash of request bodies: some hold passwords, and a plain hash stored beside
    the command would let its reader try guesses far faster than Argon2 does.
    """

    bus: Submitter
    live: Live
    reads: Reads
    audit: Audit
    seal: Seal
    passwords: Passwords
    people: People
    vault: Vault
    standing: Standing
    key_uses: KeyUses
    tokens: TokenMaker
    secrets: SecretSealer
    mcp_servers: McpServers
    hash_key: bytes
    hook_secrets: HookSecrets
    proofs: EntryProofs
    access: AccessTrail
    cookies: SessionCodec
    mfa_tokens: MfaTokens
    registration: Registration
    clock: Clock = utc_now
    federation: Federation = field(default_factory=Federation)
    keys: Keys = field(default_factory=KeysThatStay)
    stripe_webhook_secret: str | None = None
    checks: Mapping[str, Check] = field(default_factory=dict)
    outages: Mapping[type[Exception], str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    sleep: Sleep = asyncio.sleep
    public_url: str = "http://localhost:8000"
    found_keys: FoundKeys = field(default_factory=FoundKeys)
    hook_calls: Buckets = field(default_factory=Buckets)
    rates: Limiter = field(default_factory=lambda: Limiter({}))
    hosts: Hosts = field(default_factory=lambda: Hosts(None, nobody))
