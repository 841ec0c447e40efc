"""One attempt at a batch of commands: what is asked, what is known, what is to be written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from bus.admission import Admission
from bus.folded import GONE, NOTHING, Folded
from contexts.execution.admission import Occupancy
from infra.eventstore.mapper import recorded
from infra.eventstore.payloads import LARGE_BYTES, MAX_EVENT_BYTES, Slim
from infra.eventstore.types import Batch, EventStore, Row
from schemas.base import PLATFORM, Claim, Command, Event, TenantId
from schemas.envelope import Answer, Envelope, Refusal
from schemas.execution.types import QueueReason
from schemas.tenancy.erasure import ContentErased


@dataclass(frozen=True, slots=True)
class Request:
    """A command in its envelope. `again`: it came before, so it may have been decided. `stream`: on which."""

    envelope: Envelope
    command: Command
    again: bool = False
    stream: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "stream", self.command.stream_id)


@dataclass
class Work:
    """States as they would be, and what is to be written.

    `trusting`: what is remembered of a stream is taken for its last state, which the store checks when the
    batch is written. `asked`: by message, the states of its own stream and of its tenant when it was asked
    what it reads.
    """

    batch: Batch
    runs: Occupancy
    trusting: bool
    folded: dict[str, Folded] = field(default_factory=dict)
    asked: dict[UUID, tuple[Folded, Folded]] = field(default_factory=dict)
    answers: dict[UUID, Answer] = field(default_factory=dict)
    hashes: dict[UUID, str] = field(default_factory=dict)

    def know(self, stream: str, folded: Folded) -> None:
        """As of the last event there is."""
        self.folded[stream] = folded
        self.batch.read[stream] = folded.version

    @property
    def now(self) -> datetime:
        return self.batch.recorded_at


@dataclass(frozen=True, slots=True)
class Reader:
    """The rest of the world as of this decision; another tenant's stream does not exist."""

    work: Work
    envelope: Envelope
    admissions: Admission
    store: EventStore

    def __call__(self, stream: str) -> Any:
        folded = self.work.folded.get(stream, NOTHING)
        theirs = folded.tenant_id in (PLATFORM, self.envelope.tenant_id)
        return folded.state if theirs and folded.state is not GONE else None

    @property
    def now(self) -> datetime:
        return self.work.now

    def event(self, stream: str, version: int) -> Event | None:
        try:
            row = self.store.event(stream, version)
        except LookupError:
            return None
        event = recorded(row).event
        theirs = row.tenant_id == self.envelope.tenant_id
        return event if theirs and not isinstance(event, ContentErased) else None

    def admission(self, max_runs: int | None) -> QueueReason | None:
        return self.admissions.reason(self.work.runs, self.envelope, max_runs)


def refusal_of_claims(events: Sequence[Event], taken: frozenset[Claim]) -> Refusal | None:
    if not taken:
        return None
    for claim in (claim for event in events for claim in event.claims()):
        if claim in taken:
            return Refusal(
                code=f"conflict.{claim.kind}_taken",
                kind="conflict",
                detail=f"The {claim.kind} {claim.value!r} is taken.",
            )
    return None


def refusal_of_size(slims: Iterable[Slim]) -> Refusal | None:
    largest = max((len(slim.data) for slim in slims), default=0)
    if largest <= MAX_EVENT_BYTES:
        return None
    return Refusal(
        code="event.too_large",
        kind="invalid",
        detail=f"What follows from this is too large to record: {largest} bytes beside values of more than"
        f" {LARGE_BYTES}, and {MAX_EVENT_BYTES} is the limit.",
    )


class Place(NamedTuple):
    """Where an event goes: the next version of a stream, and whose that is."""

    stream: str
    version: int
    tenant_id: TenantId


def place_of(event: Event, request: Request, work: Work) -> Place:
    """A decision may append to its own stream and to those it has read, all in the same transaction."""
    stream = event.stream_id(request.stream)
    if stream not in work.folded:
        raise LookupError(f"{event.type_name} belongs to {stream}, which its decision has not read")
    folded = work.folded[stream]
    owner = folded.tenant_id if folded.version else request.envelope.tenant_id
    return Place(stream, folded.version + 1, owner)


def row_of(event: Event, data: bytes, place: Place, request: Request, batch: Batch) -> Row:
    envelope = request.envelope
    return Row(
        stream=place.stream,
        version=place.version,
        type=event.type_name,
        type_version=event.type_version,
        data=data,
        tenant_id=place.tenant_id,
        partner_id=envelope.partner_id,
        actor=str(envelope.actor),
        message_id=envelope.message_id,
        correlation_id=envelope.correlation_id,
        traceparent=envelope.traceparent,
        recorded_at=batch.recorded_at,
    )
