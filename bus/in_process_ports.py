"""What contexts need from outside where there is one process: nobody watches, nothing is broken off."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from bus.aborts import Ends
from bus.content_table import TenantContent
from bus.month_table import ProjectedMonths
from bus.open_runs import ProjectedRuns
from bus.place_table import ProjectedInvited, ProjectedPlaces
from bus.requests import StoredRequests
from contexts.billing.payment_ports import PaymentProvider
from contexts.billing.ports import BillingPorts
from contexts.execution.ports import ChatModel, ExecutionPorts
from contexts.identity.ports import IdentityPorts
from contexts.notifications.ports import NotificationPorts
from contexts.tenancy.ports import TenancyPorts
from infra.documents.pdf import TypstDocuments
from infra.eventstore.erasing import ContentEraser
from infra.eventstore.types import Clock, EventStore
from infra.identity.erasing import VaultEraser
from infra.payments.manual import ManualPayments
from infra.retrieval import NoDocuments
from schemas.base import TenantId, UserId
from schemas.execution.tool_error import ToolError
from schemas.execution.types import ToolRequest
from schemas.notifications.types import Mail
from schemas.personal import Redacted


class NobodyWatches:
    def open(self, tenant_id: TenantId, execution_id: UUID, node: str, attempt: int) -> "NobodyWatches":
        return self

    async def write(self, text: str) -> None:
        pass

    async def flush(self) -> None:
        pass


class NobodyReads:
    """There is no vault: whoever a letter is for is as if erased."""

    async def open(self, texts: Sequence[str]) -> Sequence[str | Redacted]:
        return [Redacted() for _ in texts]

    async def to(self, user_id: UserId) -> None:
        return None


class NoLetters:
    async def send(self, mail: Mail) -> None:
        pass

    async def forget(self, letters: Collection[UUID]) -> int:
        return 0


async def no_dead_letters(tenant_id: TenantId) -> int:
    return 0


class NoTools:
    async def run(self, tenant_id: TenantId, request: ToolRequest, timeout_seconds: float) -> Any:
        raise ToolError("tool.none_here", "There are no tools here.", retryable=False)


def ports_of(
    store: EventStore,
    pool: AsyncConnectionPool,
    vault: AsyncConnectionPool,
    eraser: AsyncConnectionPool,
    clock: Clock,
    chat: ChatModel,
    cards: PaymentProvider,
) -> Mapping[str, object]:
    execution = ExecutionPorts(
        chat=chat,
        requests=StoredRequests(store),
        deltas=NobodyWatches(),
        aborts=Ends(),
        tools=NoTools(),
        retriever=NoDocuments(),
        runs=ProjectedRuns(pool),
        clock=lambda: clock().timestamp(),
        wall_clock=clock,
    )
    content = TenantContent(pool, ContentEraser(eraser, NoLetters().forget), no_dead_letters)
    providers: dict[Any, PaymentProvider] = {"stripe": cards, "manual": ManualPayments()}
    return {
        "execution": execution,
        "identity": IdentityPorts(
            ProjectedPlaces(pool), ProjectedInvited(pool), VaultEraser(vault), NobodyReads()
        ),
        "tenancy": TenancyPorts(content),
        "billing": BillingPorts(ProjectedMonths(pool), TypstDocuments(), providers),
        "notifications": NotificationPorts(NobodyReads(), NoLetters()),
    }
