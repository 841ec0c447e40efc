"""Commands in, answers out: load, decide in order, write everything in one transaction. Blocking."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from bus.access import refusal_of_access
from bus.admission import Admission
from bus.cache import Cache
from bus.facts.reading import Facts
from bus.failpoints import reach
from bus.folded import GONE, NOTHING, Folded
from bus.placing import Erased, placed, refusal_of_standing, tenant_stream
from bus.snapshots import Snapshots
from contexts.execution.admission import Occupancy
from contexts.kernel import Aggregate, Context, Handler, Rejection
from contexts.tenancy.tenant import Tenant
from infra.eventstore.mapper import recorded
from infra.eventstore.payloads import LARGE_BYTES, MAX_EVENT_BYTES, Slim, externalise
from infra.eventstore.types import (
    Batch,
    ClaimTaken,
    Clock,
    Conflict,
    Decided,
    EventStore,
    OwnedPayload,
    Row,
)
from schemas.base import PLATFORM, Claim, Command, Event, TenantId
from schemas.envelope import Answer, Envelope, Refusal
from schemas.execution.types import QueueReason
from schemas.tenancy.erasure import ContentErased

ATTEMPTS = 3


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
    """One attempt at a batch: states as they would be, and what is to be written.

    `asked`: by message, the states of its own stream and of its tenant when it was asked what it reads.
    """

    batch: Batch
    runs: Occupancy
    folded: dict[str, Folded] = field(default_factory=dict)
    asked: dict[UUID, tuple[Folded, Folded]] = field(default_factory=dict)
    answers: dict[UUID, Answer] = field(default_factory=dict)
    hashes: dict[UUID, str] = field(default_factory=dict)


class Decider:
    """The write side of every aggregate. Not thread-safe: one caller at a time."""

    def __init__(
        self,
        store: EventStore,
        handlers: Mapping[str, Handler],
        facts: Mapping[type[Command], Facts],
        clock: Clock,
        admission: Admission,
        cache: Cache | None = None,
    ) -> None:
        self._store, self._handlers, self._facts, self._clock = store, handlers, facts, clock
        self._admission = admission
        self._aggregates = {handler.aggregate.name: handler.aggregate for handler in handlers.values()}
        self._snapshots = Snapshots(store, self._aggregates.values())
        self._cache = cache or Cache()
        self._committed: list[Row] = []

    def process(self, requests: Sequence[Request]) -> list[Answer]:
        """One answer per request, in order. A batch that conflicts is decided again, at last one by one.

        Clients' repeated commands are rare, so answers are looked up only for what was delivered before, or
        when a batch was refused: a message id that has one already breaks the commands' primary key.
        """
        taken: frozenset[Claim] = frozenset()
        # One time for all attempts: a claim may be named after it, and must be found taken again.
        now = self._clock()
        again = any(request.again for request in requests)
        for attempt in range(ATTEMPTS):
            try:
                return self._attempt(requests, taken, now, recall=again or attempt > 0)
            except ClaimTaken as error:
                taken |= error.taken
            except Conflict:
                self._cache.clear()
        if len(requests) == 1:
            raise Conflict(f"{requests[0].stream} changes faster than it can be decided")
        return [answer for request in requests for answer in self.process([request])]

    def take_committed(self) -> list[Row]:
        """What was appended since the last time, with positions."""
        rows, self._committed = self._committed, []
        return rows

    def _attempt(
        self, requests: Sequence[Request], taken: frozenset[Claim], now: datetime, recall: bool
    ) -> list[Answer]:
        work = Work(Batch(now), self._admission.trial())
        self._load(work, requests, recall)
        self._load(work, requests, recall=False)
        for request in requests:
            if request.envelope.message_id not in work.answers:
                self._load(work, [request], recall=False)
                self._decide(work, request, taken)
        self._write(work)
        return [self._answer(work, request.envelope) for request in requests]

    def _wanted(self, request: Request, work: Work) -> Iterable[str]:
        """Which facts a command reads may depend on its own stream's state and its tenant's, so this is asked
        again when they are loaded, and when earlier commands of the batch have changed them.
        """
        tenant = self._tenant_stream(request, work)
        seen = self._known(request.stream, work), self._known(tenant, work) if tenant else NOTHING
        if same(work.asked.get(request.envelope.message_id), seen):
            return
        work.asked[request.envelope.message_id] = seen
        yield request.stream
        if tenant:
            yield tenant
        facts = self._facts.get(type(request.command))
        if facts and seen[0].state is not GONE:
            envelope = placed(request.envelope, request.command, self._tenant(request, work), now_of(work))
            yield from facts.reads(request.command, seen[0].state, envelope)

    def _known(self, stream: str, work: Work) -> Folded:
        return work.folded.get(stream) or self._cache.get(stream)

    def _tenant_stream(self, request: Request, work: Work) -> str | None:
        return tenant_stream(request.envelope, request.command, now_of(work))

    def _tenant(self, request: Request, work: Work) -> Tenant | None:
        """As far as it is loaded, of a command that depends on it."""
        stream = self._tenant_stream(request, work)
        state: Tenant | None = self._known(stream, work).state if stream else None
        return state

    def _load(self, work: Work, requests: Sequence[Request], recall: bool) -> None:
        """Streams not loaded yet."""
        streams = (stream for request in requests for stream in self._wanted(request, work))
        missing = {s: self._cache.get(s) for s in streams if s not in work.folded}
        if not missing:
            return
        missing.update(self._snapshots.load([s for s, f in missing.items() if f is NOTHING]))
        work.folded.update(missing)
        ids = [request.envelope.message_id for request in requests] if recall else []
        known, rows = self._store.load(ids, {s: f.version for s, f in missing.items()})
        work.answers.update((id_, decided.answer) for id_, decided in known.items())
        work.hashes.update((id_, decided.input_hash) for id_, decided in known.items())
        for row in rows:
            self._fold(work, row, recorded(row).event, len(row.data))

    def _fold(self, work: Work, row: Row, event: Event, size: int) -> None:
        before = work.folded.get(row.stream, NOTHING)
        gone = before.state is GONE or isinstance(event, ContentErased)
        state = GONE if gone else self._aggregate(row.stream).evolve(before.state, event)
        work.folded[row.stream] = Folded(row.version, row.position, row.tenant_id, state, before.size + size)

    def _aggregate(self, stream: str) -> Aggregate:
        return self._aggregates[stream.partition("-")[0]]

    def _decide(self, work: Work, request: Request, taken: frozenset[Claim]) -> None:
        tenant = self._tenant(request, work)
        envelope = placed(request.envelope, request.command, tenant, now_of(work))
        if envelope is not request.envelope:
            request = replace(request, envelope=envelope)
        own = work.folded[request.stream]
        try:
            events = self._events(work, request, own, tenant)
        except Rejection as rejection:
            return self._refuse(work, request, rejection.refusal)
        slims = [externalise(event) for event in events]
        refusal = refusal_of_claims(events, taken) or refusal_of_size(slims)
        if refusal:
            return self._refuse(work, request, refusal)
        for event, slim in zip(events, slims, strict=True):
            work.batch.take_names(event, envelope.tenant_id)
            row = row_of(event, slim.data, place_of(event, request, work), request, work.batch)
            self._fold(work, row, event, slim.size)
            self._admission.note(work.runs, event, envelope)
            work.batch.rows.append(row)
            work.batch.payloads.extend(
                OwnedPayload(row.tenant_id, row.partner_id, payload) for payload in slim.payloads
            )
        return self._note(work, request, None)

    def _events(self, work: Work, request: Request, own: Folded, tenant: Tenant | None) -> Sequence[Event]:
        envelope, command = request.envelope, request.command
        handler = self._handlers[command.type_name]
        refusal = refusal_of_access(
            envelope, request.stream, handler.permission, own.tenant_id if own.version else None
        ) or refusal_of_standing(envelope, handler.permission, tenant)
        if refusal:
            raise refusal
        if own.state is GONE:
            raise Erased("It was erased with the tenant's content.")
        facts = self._facts.get(type(command))
        read = Reader(work, envelope, self._admission, self._store)
        known = facts.build(command, own.state, envelope, read) if facts else None
        now = work.batch.recorded_at
        context = Context(now, envelope.actor, envelope.tenant_id, envelope.partner_id, known)
        return handler.decide(own.state, command, context)

    def _refuse(self, work: Work, request: Request, refusal: Refusal) -> None:
        self._note(work, request, refusal)

    def _note(self, work: Work, request: Request, refusal: Refusal | None) -> None:
        envelope, stream = request.envelope, request.stream
        folded = work.folded[stream]
        answer = Answer(
            message_id=envelope.message_id,
            status="rejected" if refusal else "accepted",
            stream=stream,
            version=folded.version,
            position=folded.position,
            refusal=refusal,
        )
        work.answers[envelope.message_id] = answer
        work.hashes[envelope.message_id] = envelope.input_hash
        work.batch.decided.append(
            Decided(answer, envelope.input_hash, envelope.type, envelope.tenant_id, envelope.partner_id)
        )

    def _write(self, work: Work) -> None:
        if not work.batch.decided:
            return
        reach("commit.before")
        positions = self._store.commit(work.batch)
        reach("commit.after")
        stored = [row._replace(position=p) for row, p in zip(work.batch.rows, positions, strict=True)]
        self._committed.extend(stored)
        at = {(row.stream, row.version): row.position for row in stored}
        for stream in {stream for stream, _ in at}:
            folded = work.folded[stream]
            work.folded[stream] = folded._replace(position=at[stream, folded.version])
        for decided in work.batch.decided:
            answer = decided.answer
            position = at.get((answer.stream, answer.version), answer.position)
            work.answers[answer.message_id] = answer.model_copy(update={"position": position})
        self._admission.keep(work.runs, lambda run_id: work.folded[f"execution-{run_id}"].position)
        self._remember(work.folded)

    def _remember(self, folded: Mapping[str, Folded]) -> None:
        there = {stream: known for stream, known in folded.items() if known.state is not GONE}
        self._snapshots.save((s, f.version, f.tenant_id, f.state) for s, f in there.items())
        for stream, known in there.items():
            ended = self._aggregate(stream).ended if known.version else None
            if ended and ended(known.state):
                self._cache.drop(stream)
            elif known.version:
                self._cache.keep(stream, known)

    def _answer(self, work: Work, envelope: Envelope) -> Answer:
        answer = work.answers[envelope.message_id]
        if work.hashes[envelope.message_id] == envelope.input_hash:
            return answer
        return answer.model_copy(update={"status": "rejected", "refusal": OTHER_INPUT})


def now_of(work: Work) -> datetime:
    return work.batch.recorded_at


OTHER_INPUT = Refusal(
    code="request.idempotency_conflict",
    kind="conflict",
    detail="This idempotency key was used before with another request.",
)


def same(before: tuple[Folded, Folded] | None, now: tuple[Folded, Folded]) -> bool:
    """The very same, which is quick to say."""
    return before is not None and before[0] is now[0] and before[1] is now[1]


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
        return self.work.batch.recorded_at

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
