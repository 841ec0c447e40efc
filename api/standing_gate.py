"""What people of a tenant that is stopped may still do here, and that they came under its name."""

from fastapi import Request

from api.errors import ApiProblem
from api.middleware import route_of
from api.parts import Deps
from schemas.envelope import Actor
from schemas.tenancy.types import TENANT_CLOSED, TENANT_SUSPENDED

ALWAYS = ("/auth/", "/bff/")
WHILE_SUSPENDED = (
    *ALWAYS,
    *("/invoices", "/credit-notes", "/payments", "/commands/"),
    *("/tenants/{tenant_id}/export", "/tenants/{tenant_id}/closing", "/tenants/{tenant_id}/payment"),
)
"""Signing out, paying, taking along what is theirs, and leaving."""

OWN_TENANT = ("GET", "/tenants/{tenant_id}")


async def demand_good_standing(request: Request, parts: Deps, actor: Actor) -> None:
    if actor.tenant_id is not None:
        await parts.standing.refresh()
        demand_open(request, parts.standing.held(actor.tenant_id))
    tenant = await parts.hosts.tenant_at(request.headers.get("host", ""))
    if tenant is not None and tenant.id != actor.tenant_id:
        raise ApiProblem(403, "tenancy.wrong_host", "You are signed in somewhere else than this host says.")


def demand_open(request: Request, status: str | None) -> None:
    route = route_of(request.scope)
    if status == "closed" and not route.startswith(ALWAYS):
        raise ApiProblem(403, TENANT_CLOSED, "The tenant is closed.")
    if status == "suspended" and not may_go_on(request.method, route):
        detail = "The tenant is suspended. Its people may pay, take its data along, and close it."
        raise ApiProblem(403, TENANT_SUSPENDED, detail)


def may_go_on(method: str, route: str) -> bool:
    return route.startswith(WHILE_SUSPENDED) or (method, route) == OWN_TENANT
