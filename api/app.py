"""Assembles the HTTP edge. Importing this reads nothing and connects to nothing."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.types import Lifespan

from api import docs, errors, openapi
from api.gateway.access import AccessLog
from api.gateway.caller import Caller
from api.gateway.cookies import SessionCookies
from api.gateway.cors import Cors
from api.gateway.crowds import Crowd, Crowds
from api.gateway.deadlines import Deadlines
from api.gateway.rates import AddressRates
from api.limits import BodyLimit, UrlLimit
from api.middleware import RequestContext
from api.pagination import on_bad_cursor
from api.parts import Deps, Limits
from api.reads import BadCursor
from api.routes import (
    access,
    accounts,
    agents,
    approvals,
    audit,
    billing,
    branding,
    budgets,
    bundles,
    commands,
    console,
    control,
    corrections,
    documents,
    dunning,
    execution,
    explain,
    exports,
    health,
    holding,
    hooks,
    identity,
    impersonations,
    invitations,
    invoices,
    issuers,
    members,
    oidc,
    partners,
    passkeys,
    passwords,
    payloads,
    payment_accounts,
    payments,
    rates,
    registering,
    second_factor,
    services,
    sessions,
    simulations,
    statements,
    stripe,
    tenant_export,
    tenant_life,
    tenants,
    timeline,
    tools,
    triggers,
    users,
    versions,
    wallets,
    workflow_bundles,
    workflows,
)

ROUTERS = (
    identity.router,
    second_factor.router,
    passkeys.router,
    oidc.router,
    registering.router,
    passwords.router,
    sessions.router,
    console.router,
    accounts.router,
    users.router,
    partners.router,
    tenants.router,
    holding.router,
    tenant_life.router,
    tenant_export.router,
    branding.router,
    members.router,
    invitations.router,
    services.router,
    impersonations.router,
    explain.router,
    tools.router,
    agents.router,
    workflows.router,
    versions.router,
    workflow_bundles.router,
    triggers.router,
    hooks.router,
    execution.router,
    payloads.router,
    control.router,
    approvals.router,
    timeline.router,
    bundles.router,
    billing.router,
    rates.router,
    simulations.router,
    corrections.router,
    budgets.router,
    wallets.router,
    audit.router,
    access.router,
    statements.router,
    invoices.router,
    documents.router,
    exports.router,
    issuers.router,
    payments.router,
    payment_accounts.router,
    stripe.router,
    dunning.router,
    commands.router,
    health.router,
)
OpenDeps = Callable[[], AbstractAsyncContextManager[Deps]]


def build(deps: Deps) -> FastAPI:
    """The app over parts that are there already."""
    app = assemble(deps.limits)
    app.state.deps = deps
    return app


def create_app(open_deps: OpenDeps, limits: Limits | None = None) -> FastAPI:
    """The app that opens its parts when the server starts and closes them when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_deps() as deps:
            app.state.deps = deps
            yield

    return assemble(limits or Limits(), lifespan)


def assemble(limits: Limits, lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    app = FastAPI(
        title="HireBuddha",
        version="1",
        description=openapi.DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        separate_input_output_schemas=False,
        generate_unique_id_function=lambda route: route.name,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    for router in ROUTERS:
        app.include_router(router)
    docs.install(app)
    errors.install(app)
    app.add_exception_handler(BadCursor, on_bad_cursor)
    add_middleware(app, limits)
    app.openapi = openapi.generator(app, ROUTERS)  # type: ignore[method-assign]
    return app


def add_middleware(app: Any, limits: Limits) -> None:
    """The last one added is the outermost. Who calls, an id, whose page, room; then it is worth recording:
    the session's cookie, the net, time, the budget of the address, size.
    """
    app.add_middleware(BodyLimit, max_bytes=limits.max_body_bytes)
    app.add_middleware(AddressRates)
    app.add_middleware(Deadlines, seconds=limits.seconds)
    app.add_middleware(UrlLimit)
    app.add_middleware(errors.LastResort)
    app.add_middleware(SessionCookies)
    app.add_middleware(AccessLog)
    app.add_middleware(
        Crowds,
        requests=Crowd(limits.most_requests, limits.most_of_one_address),
        streams=Crowd(limits.most_streams, limits.most_of_one_address),
    )
    app.add_middleware(Cors, listed=limits.cors_origins)
    app.add_middleware(RequestContext)
    app.add_middleware(Caller, proxies=limits.trusted_proxies)
