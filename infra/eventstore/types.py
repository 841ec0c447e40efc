"""What goes into the event store and comes out of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple, Protocol
from uuid import UUID

from schemas.base import Claim, Event, PartnerId, TenantId
from schemas.envelope import Answer


class Row(NamedTuple):
    """An event as bytes. `position` is 0 until it is stored.

    Slim rows have markers in place of their large values; whole rows have the values.
    """

    stream: str
    version: int
    type: str
    type_version: int
    data: bytes
    tenant_id: TenantId
    partner_id: PartnerId | None
    actor: str
    message_id: UUID
    correlation_id: UUID
    traceparent: str | None
    recorded_at: datetime
    position: int = 0


PayloadKind = Literal["t", "j"]


@dataclass(frozen=True, slots=True)
class Payload:
    """A large value outside its event: a text (`t`) or JSON (`j`). `hash` is the content's SHA-256."""

    hash: str
    kind: PayloadKind
    content: bytes


@dataclass(frozen=True, slots=True)
class OwnedPayload:
    tenant_id: TenantId
    partner_id: PartnerId | None
    payload: Payload


class Place(NamedTuple):
    """Where a payload is found. `month` is its event's: months are dropped as a whole."""

    tenant_id: TenantId
    month: date
    hash: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A command's stored answer, with what tells a retry from another request."""

    answer: Answer
    input_hash: str
    type: str
    tenant_id: TenantId
    partner_id: PartnerId | None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction writes: all of it or nothing. Names are released before others are claimed.

    `read`: by stream, the version the batch was decided on; it holds only while they are the last ones.
    """

    recorded_at: datetime
    decided: list[Decided] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    claims: list[tuple[Claim, TenantId]] = field(default_factory=list)
    released: list[Claim] = field(default_factory=list)
    payloads: list[OwnedPayload] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)

    def take_names(self, event: Event, tenant_id: TenantId) -> None:
        """What an event claims and releases. A name that goes again in the same batch never came."""
        gone = event.releases()
        self.claims[:] = [claimed for claimed in self.claims if claimed[0] not in gone]
        self.released.extend(gone)
        self.claims.extend((claim, tenant_id) for claim in event.claims())


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A folded state. `shape` is of the code that folded it: another shape is not read."""

    stream: str
    version: int
    shape: str
    tenant_id: TenantId
    state: bytes


class Conflict(Exception):
    """Somebody else appended to a stream it read or writes, or answered a command, since it was decided."""


class ClaimTaken(Exception):
    """A name in the batch belongs to another owner."""

    def __init__(self, taken: Sequence[Claim]) -> None:
        super().__init__(f"taken: {', '.join(f'{c.kind} {c.value}' for c in taken)}")
        self.taken = frozenset(taken)


class EventStore(Protocol):
    """Blocking; call it from a thread. Two implementations, one conformance suite."""

    def streams(self, after: Mapping[str, int]) -> Sequence[Row]:
        """Events of each stream above its given version, whole, in order within a stream."""

    def load(
        self, message_ids: Sequence[UUID], after: Mapping[str, int]
    ) -> tuple[Mapping[UUID, Decided], Sequence[Row]]:
        """What became of these messages, and the same events, at once."""

    def snapshots(self, streams: Sequence[str]) -> Sequence[Snapshot]: ...

    def commit(self, batch: Batch) -> Sequence[int]:
        """Takes slim rows and gives their positions. Raises Conflict or ClaimTaken, then writes nothing."""

    def save_snapshots(self, snapshots: Sequence[Snapshot]) -> None: ...

    def event(self, stream: str, version: int) -> Row:
        """One event, whole. LookupError when there is none."""

    def after(self, position: int, limit: int) -> Sequence[Row]:
        """Events above a position, slim, in position order."""

    def payloads(self, places: Collection[Place]) -> Mapping[Place, bytes]:
        """Contents of those that are there still."""

    def previous(self, position: int) -> int:
        """The greatest position below this one, 0 when there is none."""

    def claim_effects(self, keys: Sequence[tuple[str, str, TenantId]], worker: str) -> frozenset[str]:
        """Of `(effect, event ref, tenant)`, the refs nobody had claimed before; they are `worker`'s now."""


Clock = Callable[[], datetime]
