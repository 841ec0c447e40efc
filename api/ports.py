"""What the edge needs from the rest of the system, as shapes. Nothing here is implemented here."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from api.paging import Page
from bus.live import LiveMessage
from infra.access_log.entries import Access
from infra.access_log.entries import Wanted as WantedAccess
from infra.audit.ledger import Proved, Wanted
from infra.audit.lines import Line, ViewName
from infra.audit.signers import PublishedKey
from infra.audit.store import Stamp
from infra.crypto.tokens import Verified
from infra.db.scope import Scope
from schemas.base import Command, PartnerId, TenantId, UserId
from schemas.envelope import Actor, Answer, Envelope

Check = Callable[[], Awaitable[None]]
"""Raises when the thing it looks at is not ready."""


class Submitter(Protocol):
    async def submit(self, envelope: Envelope, stream_id: str, wait: float) -> Answer | None:
        """None: durably queued, not answered within `wait` seconds."""
        ...


class Seal(Protocol):
    def __call__(
        self,
        command: Command,
        *,
        tenant_id: TenantId,
        partner_id: PartnerId | None,
        actor: Actor,
        message_id: UUID | None = None,
        correlation_id: UUID | None = None,
        causation: str | None = None,
        input_hash: str = "",
        traceparent: str | None = None,
    ) -> Envelope: ...


class Live(Protocol):
    async def subscribe(self, stream_id: str, tenant_id: TenantId) -> AsyncIterator[LiveMessage]:
        """Subscribed when awaited, not at the first message: what comes after is not missed."""
        ...


class Sealed(Protocol):
    @property
    def ciphertext(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...


class EntryProofs(Protocol):
    async def proofs_for(self, scope: Scope, refs: Sequence[str]) -> Mapping[str, Any]:
        """That entries are part of the signed log: `checkpoint`, `key`, and by ref in `entries` `seq`, `leaf`
        and `proof`. What cannot be proved yet is absent.
        """
        ...


class SecretSealer(Protocol):
    def seal(self, tenant_id: TenantId, plain: str) -> Sealed: ...


class Box(Protocol):
    def seal(self, plain: bytes) -> bytes: ...

    def open(self, sealed: bytes) -> bytes:
        """Raises UnreadableSecret."""
        ...


@dataclass(frozen=True, slots=True)
class Halfway:
    """Who has shown a first factor; `amr`: which."""

    user_id: UserId
    amr: tuple[str, ...]


class MfaTokens(Protocol):
    def make(self, halfway: Halfway) -> str: ...

    def read(self, token: str) -> Halfway | None:
        """None for what is not ours, or too old."""
        ...


class McpServers(Protocol):
    def find(self, name: str, tenant_id: TenantId) -> object | None:
        """None: there is no such server, or it is not for this tenant."""
        ...


class Audit(Protocol):
    """The sealed ledger. What a scope may not see is absent; hashes are seen in every scope."""

    async def keys(self) -> Sequence[PublishedKey]:
        """All there ever were, the oldest first. Some that are retired are among them."""
        ...

    async def checkpoint(self, witnessed: bool = False) -> Stamp:
        """The latest, or the last that a witness has cosigned. Raises NothingSealed."""
        ...

    async def prove(self, scope: Scope, call_key: str, open_: Sequence[ViewName]) -> Proved | None: ...

    async def consistency(self, old: int, size: int) -> list[bytes]:
        """Raises NoSuchSize or Missing."""
        ...

    async def tile(self, level: int, number: int, width: int) -> bytes:
        """Raises Missing."""
        ...

    def lines(
        self, scope: Scope, first: int, wanted: Wanted, open_: Sequence[ViewName]
    ) -> AsyncIterator[Line]: ...

    def export(
        self,
        scope: Scope,
        wanted: Wanted,
        open_: Sequence[ViewName],
        earlier: Sequence[int] = (),
        witnessed: bool = False,
    ) -> AsyncIterator[bytes]: ...


class AccessTrail(Protocol):
    """Who asked for what. `put` raises AccessLogAway."""

    async def put(self, entry: Access, until_written: bool = False) -> None: ...

    async def page(self, scope: Scope, wanted: WantedAccess, cursor: str | None, limit: int) -> Page[Access]:
        """Newest first."""
        ...


class Keys(Protocol):
    async def reload(self) -> None:
        """A token names a key that is not known here."""
        ...


class KeysThatStay:
    async def reload(self) -> None:
        return


class TokenMaker(Protocol):
    @property
    def seconds(self) -> int: ...

    def issue(self, actor: Actor, seconds: int | None = None) -> str:
        """Valid as long as all are, or `seconds`."""
        ...

    def read(self, token: str) -> Verified:
        """Raises BadToken, or its kind ExpiredToken."""
        ...

    def jwks(self) -> dict[str, Any]: ...
