"""What an app is assembled from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from api.buckets import Buckets
from api.hook_secrets import HookSecrets
from api.people import People
from api.ports import (
    Audit,
    Check,
    EntryProofs,
    Live,
    McpServers,
    PasswordHasher,
    Seal,
    SecretSealer,
    Submitter,
    TokenMaker,
)
from api.reads import Reads
from api.standing import Standing
from api.tarpit import Tarpit


@dataclass(frozen=True, kw_only=True)
class Limits:
    max_body_bytes: int = 1_048_576
    command_wait_seconds: float = 2.0
    read_wait_seconds: float = 2.0
    check_seconds: float = 2.0
    heartbeat_seconds: float = 15.0


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
    passwords: PasswordHasher
    people: People
    standing: Standing
    tokens: TokenMaker
    secrets: SecretSealer
    mcp_servers: McpServers
    hash_key: bytes
    hook_secrets: HookSecrets
    proofs: EntryProofs
    stripe_webhook_secret: str | None = None
    checks: Mapping[str, Check] = field(default_factory=dict)
    outages: Mapping[type[Exception], str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    tarpit: Tarpit = field(default_factory=Tarpit)
    hook_calls: Buckets = field(default_factory=Buckets)
