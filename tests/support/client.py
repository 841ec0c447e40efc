"""Does over the bus what the API does, for one tenant after another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from pydantic_core import from_json

from bus import subjects
from bus.broker import Bus
from bus.posting import BusUnavailable
from bus.publisher import Submitter, seal
from schemas.authoring.commands import CreateWorkflow, PublishWorkflow
from schemas.authoring.definition import WorkflowDefinition
from schemas.base import PLATFORM, Command, PartnerId, TenantId
from schemas.billing.commands import SetSystemRate
from schemas.billing.events import PartnerTermsSet
from schemas.billing.types import TokenRates
from schemas.envelope import Actor, Answer
from schemas.execution.commands import StartExecution
from schemas.execution.events import ExecutionFailed, ExecutionSucceeded
from schemas.identity.types import Person
from schemas.tenancy.commands import CreatePartner, ProvisionTenant
from schemas.tenancy.events import TenantActivated
from schemas.tenancy.types import PartnerTerms
from tests.support.people import person

OPERATOR = Actor(kind="operator", id="tests")
RATES = TokenRates(input=Decimal("0.15"), output=Decimal("0.60"))
TERMS = PartnerTerms(markup_percent=Decimal(30), commission_percent=Decimal(20))
TRY_SECONDS = 5.0
PATIENCE_SECONDS = 600.0
"""A wish may outlive several workers that crash before they get to it, each slow to start."""

PAUSE_SECONDS = 0.1


@dataclass(frozen=True)
class Tenancy:
    tenant_id: TenantId
    partner_id: PartnerId | None


PLATFORM_ITSELF = Tenancy(PLATFORM, None)


@dataclass(frozen=True)
class Ended:
    status: str
    output: Any


class Refused(Exception):
    """A command was rejected."""


class Client:
    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.submitter = Submitter(bus.nc)
        self._ends: dict[str, asyncio.Future[Ended]] = {}

    async def start(self) -> None:
        await self.submitter.start()

    async def do(self, command: Command, tenancy: Tenancy, message_id: UUID | None = None) -> Answer:
        """Repeats the command, under the same id, until it is answered."""
        envelope = seal(command, **vars(tenancy), actor=OPERATOR, message_id=message_id)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    answer = await self.submitter.submit(envelope, command.stream_id, TRY_SECONDS)
                except (BusUnavailable, NatsError):
                    answer = None
                if answer:
                    return accepted(answer)
                await asyncio.sleep(PAUSE_SECONDS)

    async def provision(self, name: str, owner: Person | None = None) -> Tenancy:
        """A partner with terms and an active tenant of its own, whose runs are followed."""
        tenant_id, partner_id = TenantId(uuid4()), PartnerId(uuid4())
        create = CreatePartner(partner_id=partner_id, name=name, terms=TERMS, admin=new_user(f"p@{name}.io"))
        async with self.happens(PartnerTermsSet.type_name, PLATFORM, f"rate_card-{partner_id}"):
            await self.do(create, Tenancy(PLATFORM, partner_id))
        tenancy = Tenancy(tenant_id, partner_id)
        provision = ProvisionTenant(
            tenant_id=tenant_id,
            partner_id=partner_id,
            name=name,
            subdomain=name,
            monthly_budget=None,
            owner=owner or new_user(f"t@{name}.io"),
        )
        async with self.happens(TenantActivated.type_name, tenant_id, f"tenant-{tenant_id}"):
            await self.do(provision, tenancy)
        await self.follow(tenancy)
        return tenancy

    async def set_rate(self, model: str, rates: TokenRates = RATES) -> None:
        await self.do(SetSystemRate(model=model, rates=rates), PLATFORM_ITSELF)

    async def publish(
        self, definition: WorkflowDefinition, tenancy: Tenancy, name: str = "Test", id_: UUID | None = None
    ) -> UUID:
        id_ = id_ or uuid4()
        await self.do(CreateWorkflow(workflow_id=id_, name=name, definition=definition), tenancy)
        await self.do(PublishWorkflow(workflow_id=id_), tenancy)
        return id_

    async def start_run(
        self, workflow_id: UUID, tenancy: Tenancy, inputs: dict[str, Any], run: UUID | None = None
    ) -> UUID:
        """The same `run` again is the same wish: its id is the message's too."""
        run = run or uuid4()
        start = StartExecution(execution_id=run, source_kind="workflow", source_id=workflow_id, inputs=inputs)
        await self.do(start, tenancy, message_id=run)
        return run

    async def run(self, workflow_id: UUID, tenancy: Tenancy, inputs: dict[str, Any] | None = None) -> Ended:
        """From the command to the news of the end. Not for a platform whose NATS is killed meanwhile."""
        id_ = uuid4()
        end = self._ends[f"execution-{id_}"] = asyncio.get_running_loop().create_future()
        await self.start_run(workflow_id, tenancy, inputs or {}, id_)
        return await asyncio.wait_for(end, PATIENCE_SECONDS)

    async def follow(self, tenancy: Tenancy) -> None:
        for event in (ExecutionSucceeded, ExecutionFailed):
            subject = subjects.event(event.type_name, tenancy.tenant_id, "*")
            await self.bus.nc.subscribe(subject, cb=self._ended, pending_msgs_limit=-1)

    async def _ended(self, msg: Msg) -> None:
        end = self._ends.pop(msg.subject.rpartition(".")[2], None)
        if end and not end.done():
            event = from_json(msg.data)
            end.set_result(Ended(event["type"].rpartition(".")[2], event["data"].get("output")))

    @asynccontextmanager
    async def happens(self, type_name: str, tenant_id: TenantId, stream: str) -> AsyncIterator[None]:
        """Leaving the block waits for that event."""
        subscription = await self.bus.nc.subscribe(subjects.event(type_name, tenant_id, stream))
        yield
        await subscription.next_msg(timeout=PATIENCE_SECONDS)
        await subscription.unsubscribe()


def accepted(answer: Answer) -> Answer:
    if answer.refusal:
        raise Refused(f"{answer.refusal.code}: {answer.refusal.detail}")
    return answer


def new_user(email: str) -> Person:
    return person(email, "Test")
