"""Two partners, a tenant each, a platform admin above; everything they talk to is in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import httpx2
from fastapi import FastAPI

from api.app import assemble, build
from api.buckets import Buckets
from api.federation.parts import Federation
from api.found_keys import FoundKeys
from api.gateway.cookies import SessionCodec
from api.gateway.limiter import Limiter
from api.hook_secrets import HookSecrets
from api.hosts import Hosts
from api.key_uses import KeyUses
from api.parts import Deps, Limits
from api.people import People
from api.reads import PLATFORM_SCOPE
from api.registering.rules import Registration
from api.rows.billing import LedgerRow
from api.rows.payments import PaymentRow
from api.rows.people import PartnerRow, TenantRow
from api.rows.runs import ApprovalRow
from api.signing_in.second_factor import MfaTokens
from api.standing import Standing
from bus.publisher import seal
from infra.crypto.keys import KeyRing, new_key
from infra.crypto.passwords import Passwords
from infra.crypto.recent_tokens import RecentTokens
from infra.crypto.secrets import SecretBox
from infra.crypto.tenant_secrets import TenantSecrets
from infra.crypto.tokens import Tokens
from infra.identity.passwords import StoredPassword
from infra.identity.session_feed import RevokedSessions
from infra.identity.session_types import Client, Membership
from infra.tools.servers import Servers
from schemas.access import Role
from schemas.authoring.commands import FireTrigger
from schemas.base import PartnerId, TenantId, UserId
from schemas.envelope import Actor
from schemas.execution.chat import Usage
from schemas.execution.events import ApprovalRequested
from schemas.identity.types import Place
from tests.api.fake_access import FakeAccess
from tests.api.fake_audit import FakeAudit
from tests.api.fake_bus import BusUnavailable, FakeBus, register
from tests.api.fake_teams import MemoryKeyUses
from tests.api.fakes import NOW, FakeLive, FakeReads
from tests.support.fakes.vault.vault import memory_vault
from tests.support.people import ReadableBox, person

PASSWORD = "correct horse battery"
PASSWORDS = Passwords(memory_kib=64, passes=1)
COOKIES = SessionCodec(SecretBox(["a master key"], "cookies"))
HOOK_SECRETS = HookSecrets(SecretBox(["a master key"]))
SECRETS = TenantSecrets(["a master key for tests"])
MCP_SERVERS = Servers.parse('{"files": {"command": ["files-mcp"], "tenants": "*"}}')
RING = KeyRing(new_key(), new_key())
ROUTES = assemble(Limits()).router.routes
QUICK = Limits(
    read_wait_seconds=0.05,
    command_wait_seconds=0.05,
    check_seconds=0.05,
    heartbeat_seconds=0.05,
    look_again_seconds=0.0,
)

AGENT = {"name": "Greeter", "definition": {"model": "local/smollm2", "instructions": "Be kind."}}
DEFINITION = {"nodes": [{"type": "noop", "id": "a"}], "output": "{{ inputs.x }}", "inputs": {"x": {}}}
SECRET = "a secret of the caller's"
STRIPE_SECRET = "whsec_test"
HOOK = {"type": "webhook", "secret": SECRET, "delivery_id_header": "X-Delivery"}
HOOK_BURST = 5
BASE_DOMAIN = "agents.example"
TRIGGER = {"name": "Orders", "workflow_id": str(UUID(int=5)), "definition": HOOK}
WORKFLOW = {"name": "Flow", "definition": DEFINITION}


def with_known_routes(app: FastAPI) -> FastAPI:
    """They are the same in every app, and making them is most of what a first request costs."""
    app.router.routes[:] = ROUTES
    return app


@dataclass
class World:
    reads: FakeReads = field(default_factory=FakeReads)
    live: FakeLive = field(default_factory=FakeLive)
    tokens: Tokens = field(default_factory=lambda: Tokens(RING))
    slept: list[float] = field(default_factory=list)
    seconds: float = 0.0
    checks: dict[str, Any] = field(default_factory=dict)
    limits: Limits = QUICK
    recent: bool = False
    rates: Limiter = field(default_factory=lambda: Limiter({}))

    stripe_secret: str | None = STRIPE_SECRET
    federation: Federation = field(default_factory=Federation)
    registration: Registration = field(default_factory=lambda: Registration(box=SecretBox(["a master key"])))

    def __post_init__(self) -> None:
        self.box = ReadableBox()
        self.vault = memory_vault(self.clock)
        self.key_uses = MemoryKeyUses()
        self.bus = FakeBus(self.reads)
        self.audit = FakeAudit(self.reads.sees)
        self.access = FakeAccess(self.reads.sees)
        self.partner, self.other_partner = self.add_partner("nordic"), self.add_partner("rival")
        self.tenant = self.add_tenant("acme", self.partner)
        self.other_tenant = self.add_tenant("zeta", self.other_partner)
        self.admin = self.add_user("root@platform.example", Role.PLATFORM_ADMIN)
        self.reseller = self.add_user("rita@nordic.example", Role.PARTNER_ADMIN, self.partner)
        self.rival = self.add_user("rex@rival.example", Role.PARTNER_ADMIN, self.other_partner)
        self.anna = self.add_user("anna@acme.example", Role.TENANT_ADMIN, self.partner, self.tenant)
        self.zoe = self.add_user("zoe@zeta.example", Role.TENANT_ADMIN, self.other_partner, self.other_tenant)
        self.app = self.build()

    def build(self) -> FastAPI:
        return with_known_routes(self._app())

    def _app(self) -> FastAPI:
        return build(
            Deps(
                bus=self.bus,
                live=self.live,
                reads=self.reads,
                audit=self.audit,
                seal=seal,
                passwords=PASSWORDS,
                people=People(self.box),
                vault=self.vault,
                key_uses=KeyUses(self.key_uses),
                found_keys=FoundKeys(now=lambda: self.seconds),
                standing=Standing(
                    self.reads.changes_of_standing,
                    RevokedSessions(self.vault.sessions),
                    now=lambda: self.seconds,
                ),
                tokens=RecentTokens(self.tokens) if self.recent else self.tokens,
                secrets=SECRETS,
                mcp_servers=MCP_SERVERS,
                hash_key=b"k" * 32,
                hook_secrets=HOOK_SECRETS,
                proofs=self.audit,
                access=self.access,
                cookies=COOKIES,
                mfa_tokens=MfaTokens(SecretBox(["a master key"]), self.time),
                registration=self.registration,
                clock=self.clock,
                federation=self.federation,
                sleep=self._sleep,
                stripe_webhook_secret=self.stripe_secret,
                checks=self.checks,
                outages={BusUnavailable: "bus.unavailable"},
                limits=self.limits,
                rates=self.rates,
                hosts=Hosts(BASE_DOMAIN, partial(self.reads.tenant_by_subdomain, PLATFORM_SCOPE)),
                hook_calls=Buckets(per_minute=60, burst=HOOK_BURST, now=lambda: self.seconds),
            )
        )

    def clock(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.seconds)

    def time(self) -> float:
        return self.clock().timestamp()

    def client(
        self, actor: Actor | None = None, base_url: str = "http://test", **headers: str
    ) -> httpx2.AsyncClient:
        if actor is not None:
            headers["Authorization"] = f"Bearer {self.tokens.issue(actor)}"
        transport = httpx2.ASGITransport(self.app)
        return httpx2.AsyncClient(transport=transport, base_url=base_url, headers=headers)

    def add_partner(self, name: str) -> PartnerId:
        partner_id = PartnerId(uuid4())
        self.reads.partner_rows[partner_id] = PartnerRow(partner_id, name, Decimal(20), Decimal(10), NOW)
        return partner_id

    def add_tenant(self, name: str, partner: PartnerId) -> TenantId:
        tenant_id = TenantId(uuid4())
        self.reads.tenant_rows[tenant_id] = TenantRow(
            tenant_id, partner, name, name, "active", Decimal("250.000000"), NOW
        )
        return tenant_id

    def add_user(
        self, email: str, role: Role, partner: PartnerId | None = None, tenant: TenantId | None = None
    ) -> Actor:
        who = person(email, email.split("@")[0])
        register(self.reads, who, role, Place(partner_id=partner, tenant_id=tenant))
        self.vault.passwords.rows[who.user_id] = StoredPassword(HASH, NOW)  # type: ignore[attr-defined]
        now = datetime.now(UTC).replace(microsecond=0)
        where = {"role": role, "partner_id": partner, "tenant_id": tenant}
        return Actor(kind="user", id=str(who.user_id), authenticated_at=now, session_id=uuid4(), **where)

    def add_entry(self, tenant: TenantId) -> None:
        number = len(self.reads.entries) + 1
        self.reads.entries.append(
            LedgerRow(
                f"ledger-{tenant}-2026-11@{number}",
                number,
                "settle",
                tenant,
                NOW,
                uuid4(),
                "draft",
                1,
                "local/smollm2",
                Usage(input=31, output=12),
                Decimal("0.000051000000"),
                Decimal("0.000005"),
                Decimal("0.00004"),
                False,
            )
        )

    def add_payment(self, tenant: TenantId, **changes: Any) -> PaymentRow:
        row = payment_row(tenant, self.reads.tenant_rows[tenant].partner_id, **changes)
        self.reads.payments_of.append(row)
        return row

    def add_approval(
        self, tenant: TenantId, job_id: UUID, node: str = "ask", *assignees: str, message: str = "May we?"
    ) -> ApprovalRow:
        row = ApprovalRow(
            id=uuid4(),
            tenant_id=tenant,
            partner_id=self.reads.tenant_rows[tenant].partner_id,
            execution_id=job_id,
            node=node,
            attempt=1,
            purpose="approval",
            status="open",
            message=message,
            form=None,
            assignees=assignees,
            deadline=NOW + timedelta(days=1),
            escalate_at=None,
            escalate_to=(),
            escalated_at=None,
            approved=None,
            data=None,
            answered_by=None,
            created_at=NOW,
            closed_at=None,
        )
        self.reads.asked.append(row)
        self.reads.record(f"execution-{job_id}", tenant, asked(row))
        return row

    async def make(self, path: str, body: Any, actor: Actor | None = None) -> UUID:
        async with self.client(actor or self.anna) as client:
            response = await client.post(path, json=body)
        assert response.status_code in (201, 202), response.text
        told = response.json()
        return UUID(told.get("id") or told["job_id"])

    async def deliver(self, trigger_id: UUID, owner: Actor, occurrence: str) -> None:
        """As the edge does when the hook was called."""
        assert owner.tenant_id is not None
        command = FireTrigger(trigger_id=trigger_id, kind="webhook", occurrence=occurrence, at=NOW)
        envelope = seal(command, tenant_id=owner.tenant_id, partner_id=owner.partner_id, actor=owner)
        await self.bus.submit(envelope, command.stream_id, 1)

    async def make_version(self, workflow_id: UUID, actor: Actor | None = None) -> None:
        async with self.client(actor or self.anna) as client:
            response = await client.post(f"/workflows/{workflow_id}/publish")
        assert response.status_code == 200, response.text

    async def put(self, path: str, body: Any, actor: Actor | None = None) -> int:
        async with self.client(actor or self.anna) as client:
            response = await client.put(path, json=body)
        assert response.status_code == 200, response.text
        return int(response.json()["position"])

    async def sign_in(self, actor: Actor) -> UUID:
        """The id of a new session of theirs."""
        at = Membership(actor.role or Role.TENANT_VIEWER, actor.tenant_id, actor.partner_id)
        client = Client("203.0.113.7", "a browser")
        made = await self.vault.sessions.create(UserId(UUID(actor.id)), at, ["pwd"], client)
        return made.session.id

    async def signed_in(self, actor: Actor) -> Actor:
        """The same person, with a session as everybody has who came by the door."""
        return actor.model_copy(update={"session_id": await self.sign_in(actor)})

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def payment_row(tenant_id: UUID, partner_id: UUID, **changes: Any) -> PaymentRow:
    row = PaymentRow(
        id=uuid4(),
        tenant_id=tenant_id,
        partner_id=partner_id,
        number="N-2026-0007",
        amount_usd=Decimal("120.500000000000"),
        currency="USD",
        status="failed",
        due_at=NOW,
        attempts=1,
        provider="stripe",
        reference="pi_1",
        kept_usd=None,
        code="stripe.insufficient_funds",
        message="No money.",
        paid_at=None,
        created_at=NOW,
    )
    return replace(row, **changes)


def asked(row: ApprovalRow) -> ApprovalRequested:
    return ApprovalRequested(
        execution_id=row.execution_id,
        node=row.node,
        attempt=row.attempt,
        purpose=row.purpose,
        message=row.message,
        form=row.form,
        assignees=row.assignees,
        due_at=row.deadline,
        escalate_at=row.escalate_at,
        escalate_to=row.escalate_to,
    )


HASH = PASSWORDS._hasher.hash(PASSWORD)


@asynccontextmanager
async def talking(world: World, actor: Actor | None) -> AsyncIterator[httpx2.AsyncClient]:
    async with world.client(actor) as client:
        yield client


def problem(response: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """The response is this problem, whole and in form."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = response.json()
    assert told.keys() >= {"type", "title", "status", "code", "detail", "request_id", "problems"}
    assert (told["status"], told["code"]) == (status, code), told
    assert told["request_id"] == response.headers["x-request-id"]
    assert told["type"].endswith(code)
    return told
