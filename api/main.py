"""The HTTP edge as a process: what `api.serve` serves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import nats.errors
import psycopg
from fastapi import FastAPI
from psycopg_pool import AsyncConnectionPool, PoolTimeout, TooManyRequests
from pydantic import SecretStr

from api import app
from api.adapters.access import access_log
from api.adapters.audit import PostgresAudit
from api.adapters.every import every
from api.adapters.live import BusLive
from api.adapters.reads import PostgresReads
from api.adapters.token_keys import TokenKeys
from api.adapters.vault import people_in
from api.buckets import Buckets
from api.federation.parts import Federation
from api.gateway.addresses import networks
from api.gateway.budgets import budgets
from api.gateway.cookies import SessionCodec
from api.gateway.cors import origins
from api.gateway.deadlines import Seconds
from api.gateway.limiter import Limiter
from api.hook_secrets import HookSecrets
from api.hosts import Hosts
from api.key_uses import KeyUses
from api.parts import Deps, Limits
from api.ports import AccessTrail, Check
from api.reads import PLATFORM_SCOPE
from api.registering.rules import Registration
from api.signing_in.second_factor import MfaTokens
from api.standing import Standing
from bus.broker import Bus, connected
from bus.live import LiveFeed
from bus.posting import BusUnavailable
from bus.publisher import Submitter, seal
from bus.streams import COMMANDS
from infra import telemetry
from infra.addresses import allow_list
from infra.audit.keys import stored_keys
from infra.crypto.key_rows import PostgresKeyStore
from infra.crypto.keys import RELOAD_SECONDS, load_ring
from infra.crypto.master_key import master_key
from infra.crypto.passwords import Passwords, TooBusy
from infra.crypto.recent_tokens import RecentTokens
from infra.crypto.secrets import SecretBox, derive
from infra.crypto.tenant_secrets import TenantSecrets
from infra.crypto.tokens import Tokens
from infra.db.pools import API, VAULT, async_pool
from infra.db.scope import scoped
from infra.identity import common_passwords
from infra.identity.breached_passwords import breach_check
from infra.identity.key_uses import PostgresKeyUses
from infra.identity.pool import utc_now
from infra.identity.session_feed import RevokedSessions
from infra.identity.vault import vault
from infra.oidc.providers import Providers
from infra.oidc.relying_party import RelyingParty
from infra.outbound import Outbound
from infra.settings import Settings, load
from infra.tools.servers import Servers
from schemas.base import PartnerId

KEY_RING = "access tokens"
REQUEST_HASHES = "request hashes"
HOOK_SECRETS = "webhook secrets"
SESSION_COOKIES = "session cookies"
MFA_TOKENS = "between password and second factor"
REGISTRATIONS = "registrations"
POOL_SIZE = 10
VAULT_POOL_SIZE = 5

OUTAGES: dict[type[Exception], str] = {
    BusUnavailable: "bus.unavailable",
    nats.errors.Error: "bus.unavailable",
    PoolTimeout: "database.unavailable",
    TooManyRequests: "database.unavailable",
    psycopg.OperationalError: "database.unavailable",
    TooBusy: "auth.busy",
}


def create_app() -> FastAPI:
    settings = load()
    telemetry.setup(settings, "api")
    return app.create_app(partial(opened, settings), limits(settings))


def limits(settings: Settings) -> Limits:
    return Limits(
        max_body_bytes=settings.max_body_bytes,
        command_wait_seconds=settings.command_wait_seconds,
        tenant_grace_days=settings.tenant_grace_days,
        seconds=Seconds(body=settings.request_body_seconds, answer=settings.request_seconds),
        most_requests=settings.max_requests,
        most_streams=settings.max_streams,
        most_of_one_address=settings.max_requests_per_address,
        trusted_proxies=networks(settings.trusted_proxies),
        cors_origins=origins(settings.cors_origins),
    )


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Deps]:
    database_url, nats_url = settings.database_url, settings.nats_url
    if not database_url or not nats_url:
        raise SystemExit("the API needs HB_DATABASE_URL and HB_NATS_URL; `./justw up` sets them for you")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(telemetry.flush)
        pool = await stack.enter_async_context(async_pool(database_url, API, max_size=POOL_SIZE))
        kept = await stack.enter_async_context(async_pool(database_url, VAULT, max_size=VAULT_POOL_SIZE))
        access = await stack.enter_async_context(access_log(kept, pool))
        rates = Limiter(budgets(settings.rate_limits), plain(settings.rate_limit_url))
        stack.push_async_callback(rates.close)
        bus = await stack.enter_async_context(connected(nats_url, "api"))
        submitter = Submitter(bus.nc)
        await submitter.start()
        keys = await token_keys(settings, database_url)
        await stack.enter_async_context(every(RELOAD_SECONDS, keys.tend, "token keys"))
        parts = await deps(settings, Opened(database_url, pool, kept, bus, submitter, access, rates, keys))
        stack.push_async_callback(parts.key_uses.close)
        yield parts


async def token_keys(settings: Settings, database_url: str) -> TokenKeys:
    box, store = SecretBox([master_key(settings)], KEY_RING), PostgresKeyStore(database_url)
    ring = await asyncio.to_thread(load_ring, store, box)
    tokens = Tokens(ring, minutes=settings.access_token_minutes)
    return TokenKeys(tokens, store, box, settings.token_key_days)


@dataclass(frozen=True, slots=True)
class Opened:
    """What is connected to."""

    database_url: str
    pool: AsyncConnectionPool[Any]
    vault: AsyncConnectionPool[Any]
    bus: Bus
    submitter: Submitter
    access: AccessTrail
    rates: Limiter
    keys: TokenKeys


async def deps(settings: Settings, at: Opened) -> Deps:
    master = master_key(settings)
    await asyncio.to_thread(common_passwords.listed)
    seal_keys = await asyncio.to_thread(stored_keys, at.database_url, master, settings.audit_origin)
    reads = PostgresReads(at.pool)
    proofs = vault(at.vault, [master], settings, utc_now)
    audit = PostgresAudit(seal_keys, partial(scoped, at.pool))
    return Deps(
        bus=at.submitter,
        live=BusLive(LiveFeed(at.bus.nc, at.bus.js)),
        reads=reads,
        hosts=Hosts(settings.base_domain, partial(reads.tenant_by_subdomain, PLATFORM_SCOPE)),
        standing=Standing(
            reads.changes_of_standing,
            RevokedSessions(proofs.sessions),
            kept=timedelta(minutes=settings.access_token_minutes + 5),
        ),
        key_uses=KeyUses(PostgresKeyUses(at.vault)),
        public_url=settings.console_url,
        audit=audit,
        proofs=audit,
        access=at.access,
        cookies=SessionCodec(SecretBox([master], SESSION_COOKIES)),
        mfa_tokens=MfaTokens(SecretBox([master], MFA_TOKENS)),
        registration=registration(settings, master),
        federation=federation(settings),
        seal=seal,
        passwords=Passwords(
            concurrent=settings.password_hashes_at_once, waiting=settings.password_hashes_waiting
        ),
        people=people_in(at.vault, master),
        vault=proofs,
        tokens=RecentTokens(at.keys.tokens),
        keys=at.keys,
        secrets=TenantSecrets([master]),
        mcp_servers=Servers.parse(settings.mcp_servers),
        hash_key=derive(master, REQUEST_HASHES),
        hook_secrets=HookSecrets(SecretBox([master], HOOK_SECRETS)),
        stripe_webhook_secret=plain(settings.stripe_webhook_secret),
        checks={"postgres": postgres_check(at.pool), "nats": nats_check(at.bus)},
        outages=OUTAGES,
        limits=limits(settings),
        hook_calls=Buckets(settings.hook_calls_per_minute, settings.hook_burst),
        rates=at.rates,
    )


def registration(settings: Settings, master: str) -> Registration:
    partner = settings.registration_partner
    return Registration(
        box=SecretBox([master], REGISTRATIONS),
        open=settings.registration == "open",
        partner_id=PartnerId(partner) if partner else None,
        console=settings.console_url.rstrip("/"),
        check=breach_check(Outbound(allow_list(settings.outbound_allow)), settings.breached_passwords_url),
    )


def federation(settings: Settings) -> Federation:
    base = settings.api_url or settings.console_url
    return Federation(RelyingParty(Providers.parse(settings.oidc_providers)), base.rstrip("/"))


def plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


def postgres_check(pool: AsyncConnectionPool[Any]) -> Check:
    async def check() -> None:
        async with pool.connection() as conn:
            await conn.execute("SELECT 1")

    return check


def nats_check(bus: Bus) -> Check:
    async def check() -> None:
        await bus.js.stream_info(COMMANDS)

    return check
