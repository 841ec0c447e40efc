"""Commands in, answers out: load, decide in order, write everything in one transaction. Blocking."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bus.access import refusal_of_access
from bus.admission import Admission
from bus.cache import Cache
from bus.facts.reading import Facts
from bus.failpoints import reach
from bus.folded import GONE, NOTHING, Folded
from bus.placing import Erased, placed, refusal_of_standing, tenant_stream
from bus.snapshots import Snapshots
from bus.work import Reader, Request, Work, place_of, refusal_of_claims, refusal_of_size, row_of
from contexts.kernel import Aggregate, Context, Handler, Rejection
from contexts.tenancy.tenant import Tenant
from infra.eventstore.mapper import recorded
from infra.eventstore.payloads import externalise
from infra.eventstore.types import Batch, ClaimTaken, Clock, Conflict, Decided, EventStore, OwnedPayload, Row
from schemas.base import Claim, Command, Event
from schemas.envelope import Answer, Envelope, Refusal
from schemas.tenancy.erasure import ContentErased

ATTEMPTS = 3
WARY = timedelta(seconds=10)
"""After a conflict: another process is at work on the same streams."""


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
        self._aggregates = aggregates_of(handlers.values())
        self._snapshots = Snapshots(store, self._aggregates.values())
        self._cache = cache or Cache()
        self._wary_until = datetime.min.replace(tzinfo=UTC)
        self._committed: list[Row] = []

    def process(self, requests: Sequence[Request]) -> list[Answer]:
        """One answer per request, in order. A batch that conflicts is decided again, at last one by one.

        What is remembered is not looked up first: mostly nobody else has changed it, and if somebody has, the
        batch is refused. Then, and for a while, all of it is read. Repeated commands are rare too: answers
        are looked up only for what was delivered before, or when a batch was refused, since a message id
        that has one already breaks the commands' primary key.
        """
        taken: frozenset[Claim] = frozenset()
        # One time for all attempts: a claim may be named after it, and must be found taken again.
        now = self._clock()
        again = any(request.again for request in requests)
        for attempt in range(ATTEMPTS):
            recall = again or attempt > 0
            work = Work(Batch(now), self._admission.trial(), trusting=not recall and now >= self._wary_until)
            try:
                return self._attempt(work, requests, taken, recall)
            except ClaimTaken as error:
                taken |= error.taken
            except Conflict:
                self._cache.clear()
                self._wary_until = now + WARY
        if len(requests) == 1:
            raise Conflict(f"{requests[0].stream} changes faster than it can be decided")
        return [answer for request in requests for answer in self.process([request])]

    def take_committed(self) -> list[Row]:
        """What was appended since the last time, with positions."""
        rows, self._committed = self._committed, []
        return rows

    def _attempt(
        self, work: Work, requests: Sequence[Request], taken: frozenset[Claim], recall: bool
    ) -> list[Answer]:
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
        again when they are known, and when earlier commands of the batch have changed them.
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
            envelope = placed(request.envelope, request.command, self._tenant(request, work), work.now)
            yield from facts.reads(request.command, seen[0].state, envelope)

    def _known(self, stream: str, work: Work) -> Folded:
        return work.folded.get(stream) or self._cache.get(stream) or NOTHING

    def _tenant_stream(self, request: Request, work: Work) -> str | None:
        return tenant_stream(request.envelope, request.command, work.now)

    def _tenant(self, request: Request, work: Work) -> Tenant | None:
        """As far as it is loaded, of a command that depends on it."""
        stream = self._tenant_stream(request, work)
        state: Tenant | None = self._known(stream, work).state if stream else None
        return state

    def _load(self, work: Work, requests: Sequence[Request], recall: bool) -> None:
        """Streams not known yet."""
        missing = {stream: before for request in requests for stream, before in self._missing(request, work)}
        if not missing and not recall:
            return
        missing.update(self._snapshots.load([s for s, f in missing.items() if not f.version]))
        work.folded.update(missing)
        ids = [request.envelope.message_id for request in requests] if recall else []
        known, rows = self._store.load(ids, {s: f.version for s, f in missing.items()})
        work.answers.update((id_, decided.answer) for id_, decided in known.items())
        work.hashes.update((id_, decided.input_hash) for id_, decided in known.items())
        for row in rows:
            self._fold(work, row, recorded(row).event, len(row.data))
        work.batch.read.update((stream, work.folded[stream].version) for stream in missing)

    def _missing(self, request: Request, work: Work) -> Iterable[tuple[str, Folded]]:
        """Streams to read, with what is remembered of them."""
        for stream in self._wanted(request, work):
            if stream in work.folded:
                continue
            known = self._cache.get(stream)
            if work.trusting and (known or opened_by(request, stream)):
                work.know(stream, known or NOTHING)
            else:
                yield stream, known or NOTHING

    def _fold(self, work: Work, row: Row, event: Event, size: int) -> None:
        before = work.folded.get(row.stream, NOTHING)
        gone = before.state is GONE or isinstance(event, ContentErased)
        state = GONE if gone else self._aggregate(row.stream).evolve(before.state, event)
        work.folded[row.stream] = Folded(row.version, row.position, row.tenant_id, state, before.size + size)

    def _aggregate(self, stream: str) -> Aggregate:
        return self._aggregates[stream.partition("-")[0]]

    def _decide(self, work: Work, request: Request, taken: frozenset[Claim]) -> None:
        tenant = self._tenant(request, work)
        envelope = placed(request.envelope, request.command, tenant, work.now)
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
        context = Context(work.now, envelope.actor, envelope.tenant_id, envelope.partner_id, known)
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
            else:
                self._cache.keep(stream, known)

    def _answer(self, work: Work, envelope: Envelope) -> Answer:
        answer = work.answers[envelope.message_id]
        if work.hashes[envelope.message_id] == envelope.input_hash:
            return answer
        return answer.model_copy(update={"status": "rejected", "refusal": OTHER_INPUT})


def aggregates_of(handlers: Iterable[Handler]) -> dict[str, Aggregate]:
    return {one.name: one for handler in handlers for one in (handler.aggregate, *handler.beside)}


OTHER_INPUT = Refusal(
    code="request.idempotency_conflict",
    kind="conflict",
    detail="This idempotency key was used before with another request.",
)


def opened_by(request: Request, stream: str) -> bool:
    return request.command.opens and stream == request.stream


def same(before: tuple[Folded, Folded] | None, now: tuple[Folded, Folded]) -> bool:
    """The very same, which is quick to say."""
    return before is not None and before[0] is now[0] and before[1] is now[1]
