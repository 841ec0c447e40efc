"""Messages with defaults: a test names only what it is about."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from schemas.access import Role
from schemas.authoring.agents import AgentDefinition
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.nodes import LlmNode, Node, NoopNode, TemplateNode
from schemas.authoring.parts import Edge
from schemas.authoring.tools import HttpTool
from schemas.base import Event, PartnerId, TenantId, UserId
from schemas.envelope import Actor, Recorded
from schemas.identity.commands import RegisterUser
from schemas.identity.types import Person
from schemas.tenancy.commands import CreatePartner, ProvisionTenant
from schemas.tenancy.events import PartnerCreated, TenantActivated, TenantProvisioned, TenantSuspended
from schemas.tenancy.types import PartnerTerms
from tests.support.people import person

NOW = datetime(2026, 9, 15, 12, tzinfo=UTC)
TENANT_ID = TenantId(UUID(int=1))
PARTNER_ID = PartnerId(UUID(int=2))
OTHER_PARTNER_ID = PartnerId(UUID(int=3))
USER_ID = UserId(UUID(int=4))

SYSTEM = Actor(kind="system", id="tests")


def partner_admin(partner_id: PartnerId = PARTNER_ID) -> Actor:
    return Actor(kind="user", id="partner-admin", role=Role.PARTNER_ADMIN, partner_id=partner_id)


def app_admin() -> Actor:
    return Actor(kind="user", id="app-admin", role=Role.PLATFORM_ADMIN)


def recorded(event: Event, **changes: Any) -> Recorded:
    defaults: dict[str, Any] = {
        "position": 7,
        "stream": "stream-1",
        "version": 3,
        "tenant_id": TENANT_ID,
        "partner_id": PARTNER_ID,
        "actor": str(SYSTEM),
        "message_id": UUID(int=8),
        "correlation_id": UUID(int=9),
        "recorded_at": NOW,
        "traceparent": None,
    }
    return Recorded(event=event, **{**defaults, **changes})


def new_user(email: str = "ada@example.com", name: str = "Ada", user_id: UUID = USER_ID) -> Person:
    return person(email, name, user_id)


def register_user(**changes: Any) -> RegisterUser:
    return RegisterUser(**{**dict(new_user()), **changes})


def create_partner(**changes: Any) -> CreatePartner:
    terms = PartnerTerms(markup_percent=Decimal(30), commission_percent=Decimal(20))
    defaults = {"partner_id": PARTNER_ID, "name": "Northwind", "terms": terms, "admin": new_user()}
    return CreatePartner(**{**defaults, **changes})


def partner_created(**changes: Any) -> PartnerCreated:
    return PartnerCreated(**dict(create_partner(**changes)))


def provision_tenant(**changes: Any) -> ProvisionTenant:
    defaults = {
        "tenant_id": TENANT_ID,
        "partner_id": PARTNER_ID,
        "name": "Acme",
        "subdomain": "acme",
        "monthly_budget": Decimal(100),
        "owner": new_user(),
    }
    return ProvisionTenant(**{**defaults, **changes})


def tenant_provisioned(**changes: Any) -> TenantProvisioned:
    return TenantProvisioned(**dict(provision_tenant(**changes)))


def tenant_activated() -> TenantActivated:
    return TenantActivated(tenant_id=TENANT_ID)


def tenant_suspended(reason: str = "unpaid") -> TenantSuspended:
    return TenantSuspended(tenant_id=TENANT_ID, reason=reason)


MODEL = "local/smollm2"
WORKFLOW_ID = UUID(int=5)
AGENT_ID = UUID(int=6)


def http_tool(**changes: Any) -> HttpTool:
    return HttpTool(**{"type": "http", "url": "https://shop.example/orders", **changes})


def llm(node: str = "answer", **changes: Any) -> LlmNode:
    defaults = {"type": "llm", "id": node, "model": MODEL, "prompt": "Say hello."}
    return LlmNode(**{**defaults, **changes})


def text(node: str, template: str = "") -> TemplateNode:
    return TemplateNode(type="template", id=node, template=template)


def noop(node: str) -> NoopNode:
    return NoopNode(type="noop", id=node)


def workflow(*nodes: Node, edges: Iterable[tuple[str, str]] = (), **changes: Any) -> WorkflowDefinition:
    ends = tuple(Edge(source=source, target=target) for source, target in edges)
    return WorkflowDefinition(**{"nodes": nodes or (llm(),), "edges": ends, "output": "", **changes})


def agent(**changes: Any) -> AgentDefinition:
    return AgentDefinition(**{"model": MODEL, "instructions": "Be brief.", **changes})
