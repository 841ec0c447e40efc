"""The whole platform in memory, with its real wiring: a story is told in commands and read in events.

h = Harness()
h.submit(StartExecution(...), as_=tenant_admin())
h.run()
assert h.events("execution-...")[-1] == ...

`Harness(seed=7)` tells the same story with every event delivered twice and everything shuffled.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import reduce
from typing import Any
from uuid import UUID, uuid5

from bus import causation, codec, timers, wiring
from bus.aborts import Ends
from bus.admission import Admission
from bus.command_consumer import parse
from bus.decider import Decider, aggregates_of
from bus.listeners import listeners
from bus.publisher import seal
from bus.requests import StoredRequests
from bus.run_index import FOLLOWED, RunIndex
from bus.scheduler import Schedule
from bus.whole import restored
from bus.work import Request
from contexts.billing.payment_ports import PaymentProvider
from contexts.billing.ports import BillingPorts
from contexts.execution.admission import Limits
from contexts.execution.ports import ExecutionPorts, OnDelta
from contexts.identity.ports import IdentityPorts
from contexts.notifications.ports import NotificationPorts
from contexts.tenancy.ports import TenancyPorts
from infra.eventstore.mapper import recorded
from infra.payments.manual import ManualPayments
from infra.retrieval import NoDocuments
from schemas.base import PLATFORM, Command, Event
from schemas.billing.payment_accounts import ProviderName
from schemas.envelope import Actor, Answer, Envelope
from schemas.execution.chat import ChatRequest, ChatResult
from schemas.execution.commands import BeginExecution
from tests.support.at_once import at_once
from tests.support.builders import NOW
from tests.support.delivery import Arrival, Delivery, Disorder, InOrder, Sent
from tests.support.fakes.chat_model import FakeChatModel
from tests.support.fakes.clock import FakeClock
from tests.support.fakes.deltas import FakeDeltas
from tests.support.fakes.documents import PlainDocuments
from tests.support.fakes.event_store import MemoryEventStore
from tests.support.fakes.identity import MemoryFarewells, MemoryInvited, MemoryPlaces, MemoryVault
from tests.support.fakes.mailer import FakeMailer
from tests.support.fakes.months import MemoryMonths
from tests.support.fakes.payments import FakePayments
from tests.support.fakes.personal import FakePersonal
from tests.support.fakes.tenancy import MemoryContent, MemoryRuns
from tests.support.fakes.timers import MemoryTimers
from tests.support.fakes.tool_runner import FakeToolRunner
from tests.support.killed import WorkerKilled

IDS = UUID(int=77)
LIMITS = Limits(tenant=50, partner=200, platform=1000)
STEPS = 100_000
"""No story is so long: one that is goes round in circles."""


class MortalChatModel(FakeChatModel):
    """`kill_next` ends the worker during the next calls, after the provider did its work.

    `meanwhile` happens once, after it began the next.
    """

    kill_next = 0
    meanwhile: Callable[[], None] | None = None

    async def complete(self, request: ChatRequest, on_delta: OnDelta | None) -> ChatResult:
        happening, self.meanwhile = self.meanwhile, None
        if happening:
            happening()
        result = await super().complete(request, on_delta)
        if self.kill_next:
            self.kill_next -= 1
            raise WorkerKilled
        return result


class Harness:
    def __init__(self, seed: int | None = None, limits: Limits = LIMITS) -> None:
        self.clock, self.store, self.timers = FakeClock(NOW), MemoryEventStore(), MemoryTimers()
        self.chat, self.deltas, self.ends = MortalChatModel(), FakeDeltas(), Ends()
        self._arrival: Arrival = InOrder() if seed is None else Disorder(seed)
        self._admission = Admission(limits)
        self._decider = Decider(self.store, wiring.HANDLERS, wiring.FACTS, self.clock, self._admission)
        self._runs = RunIndex()
        self._schedule = Schedule(limits, self._runs)
        self.tools, self.retriever = FakeToolRunner(self.clock), NoDocuments()
        self.documents, self.payments = PlainDocuments(), FakePayments()
        self.personal, self.mailer, self.vault = FakePersonal(), FakeMailer(), MemoryVault()
        self.content = MemoryContent(self.store, self.mailer.forget)
        self._listeners = tuple(listeners(self._ports(), self.store, "harness"))
        self.down: set[str] = set()
        """Consumers no process runs now, by name: their events wait."""
        self.refused: list[str] = []
        """Why reactions were refused, in order."""
        self._commands: list[Sent] = []
        self._deliveries: list[Delivery] = []
        self._position = self._submitted = 0

    def _ports(self) -> dict[str, object]:
        providers: dict[ProviderName, PaymentProvider] = {"stripe": self.payments, "manual": ManualPayments()}
        return {
            "execution": ExecutionPorts(
                chat=self.chat,
                requests=StoredRequests(self.store),
                deltas=self.deltas,
                aborts=self.ends,
                tools=self.tools,
                retriever=self.retriever,
                runs=MemoryRuns(self.store),
                clock=self.clock.seconds,
                wall_clock=self.clock,
            ),
            "billing": BillingPorts(MemoryMonths(self.store), self.documents, providers),
            "identity": IdentityPorts(
                MemoryPlaces(self.store), MemoryInvited(self.store), self.vault, MemoryFarewells(self.store)
            ),
            "tenancy": TenancyPorts(self.content),
            "notifications": NotificationPorts(self.personal, self.mailer),
        }

    def submit(self, command: Command, as_: Actor) -> Answer:
        """Decides it now, as often as commands come here; every answer must be the same."""
        self._submitted += 1
        envelope = seal(
            command,
            tenant_id=command.of_tenant or getattr(command, "tenant_id", None) or as_.tenant_id or PLATFORM,
            partner_id=getattr(command, "partner_id", None) or as_.partner_id,
            actor=as_,
            message_id=uuid5(IDS, str(self._submitted)),
            input_hash=command.model_dump_json(),
        )
        answers = [self._decider.process([request(envelope)])[0] for _ in range(self._arrival.times)]
        assert all(answer == answers[0] for answer in answers)
        return answers[0]

    def run(self) -> None:
        """Until nothing is left to do now."""
        for _ in range(STEPS):
            if not self.step():
                return
        raise AssertionError(f"still busy after {STEPS} steps")

    def advance(self, seconds: float) -> None:
        """Moves the clock from timer to timer, and runs at each."""
        self.run()
        end = self.clock.now + timedelta(seconds=seconds)
        while (due_at := self.timers.next_due()) is not None and due_at <= end:
            self.clock.now = max(self.clock.now, due_at)
            self._fire()
            self.run()
        self.clock.now = end

    def events(self, stream: str) -> list[Event]:
        return [recorded(row).event for row in self.store.streams({stream: 0})]

    def state(self, stream: str) -> Any:
        return reduce(evolve_of(stream), self.events(stream), None)

    def streams(self, kind: str = "") -> list[str]:
        rows = self.store.after(0, STEPS)
        return sorted({row.stream for row in rows if row.stream.startswith(f"{kind}-" if kind else "")})

    def step(self) -> bool:
        """The next thing that is to be done; False when there is none."""
        self._publish()
        self._commands += [Sent(request(envelope)) for envelope, _ in self._schedule.next()]
        deliverable = [d for d in self._deliveries if d.listener.actor.id not in self.down]
        if deliverable and (not self._commands or self._arrival.deliver_first()):
            delivery = self._arrival.next(deliverable)
            self._deliveries.remove(delivery)
            self._deliver(delivery)
        elif self._commands:
            self._decide(self._arrival.batch(self._commands))
        else:
            return False
        return True

    def _publish(self) -> None:
        """What is new in the store goes to the timers and to all who listen, as it would be on the wire."""
        for row in self.store.after(self._position, STEPS):
            event, _ = codec.decode(codec.encode(row, self._position))
            self._position = row.position
            self.timers.apply(event)
            if isinstance(event.event, FOLLOWED):
                self._admission.index.offer(event)
                self._runs.offer(event)
            wanting = [listener for listener in self._listeners if listener.wants(event)]
            event = restored(self.store, event)
            self._deliveries += [Delivery(listener, event, self._arrival.times) for listener in wanting]

    def _deliver(self, delivery: Delivery) -> None:
        try:
            wanted = at_once(delivery.listener.react(delivery.recorded))
        except WorkerKilled:
            self._deliveries.append(delivery)
            return
        caused = list(causation.sealed(delivery.recorded, wanted, delivery.listener.actor))
        delivery.unanswered = len(caused)
        self._commands += [Sent(request(envelope), delivery) for envelope, _ in caused]
        self._acknowledge([delivery])

    def _decide(self, batch: list[Sent]) -> None:
        answers = self._decider.process([sent.request for sent in batch])
        for sent, answer in zip(batch, answers, strict=True):
            if answer.refusal:
                self.refused.append(answer.refusal.code)
            if isinstance(sent.request.command, BeginExecution):
                self._schedule.answered(sent.request.command.execution_id, answer)
        causes = [sent.cause for sent in batch if sent.cause]
        for cause in causes:
            cause.unanswered -= 1
        self._acknowledge({id(cause): cause for cause in causes}.values())

    def _acknowledge(self, deliveries: Iterable[Delivery]) -> None:
        """One whose commands are all answered comes again if it is to come more than once."""
        for delivery in deliveries:
            if not delivery.unanswered and delivery.left > 1:
                delivery.left -= 1
                self._deliveries.append(delivery)

    def _fire(self) -> None:
        for timer in self.timers.take_due(self.clock.now):
            envelope, _ = timers.sealed(timer)
            self._commands += [Sent(request(envelope))] * self._arrival.times


def request(envelope: Envelope) -> Request:
    """As the command consumer reads it."""
    return parse(envelope.model_dump_json().encode())


def evolve_of(stream: str) -> Any:
    kind = stream.partition("-")[0]
    return aggregates_of(wiring.HANDLERS.values())[kind].evolve
