"""Which requests the access log tells of, and what it tells. It is told before the caller is."""

import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ApiProblem, respond
from api.gateway.access_writer import AccessLogAway
from api.gateway.kinds import PROVIDERS
from api.gateway.same_site import SAFE
from api.middleware import route_of
from infra.access_log.entries import Access
from schemas.envelope import Actor

DENIED = frozenset({401, 403, 429})
SENSITIVE = frozenset({"identity", "teams", "programs", "support", "secrets"})
"""Routes with these tags change something only when it is recorded: signing in, and what opens doors."""

EXPORTS = "export"
"""How the names of routes begin that hand out files."""

AGENT_CHARACTERS = 200


class AccessLog:
    """The log is a part of the app, made when the server starts."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, log = time.perf_counter(), scope["app"].state.deps.access
        refused = False

        async def recorded(message: Message) -> None:
            nonlocal refused
            if refused:
                return
            if message["type"] == "http.response.start" and worth_telling(scope, message["status"]):
                entry = entry_of(scope, message["status"], time.perf_counter() - begun)
                try:
                    await log.put(entry, until_written=must_be_sure(scope))
                except AccessLogAway:
                    refused = True
                    await respond(unrecorded(), scope)(scope, receive, send)
                    return
            await send(message)

        await self.app(scope, receive, recorded)


def unrecorded() -> ApiProblem:
    detail = "What was asked for could not be recorded, and is not told. Repeat it under its key."
    return ApiProblem(503, "access_log.unavailable", detail, headers={"Retry-After": "5"})


def worth_telling(scope: Scope, status: int) -> bool:
    """Not plain reads."""
    return (
        changes(scope)
        or status in DENIED
        or str(getattr(scope.get("route"), "name", "")).startswith(EXPORTS)
        or impersonator_of(scope["state"].get("actor")) is not None
    )


def changes(scope: Scope) -> bool:
    """Who comes back from a provider is signed in, though the browser was sent with GET."""
    path: str = scope["path"]
    return scope["method"] not in SAFE or (path.startswith(PROVIDERS) and path.endswith("/callback"))


def must_be_sure(scope: Scope) -> bool:
    tags = SENSITIVE.intersection(getattr(scope.get("route"), "tags", ()))
    return bool(tags and changes(scope)) or impersonator_of(scope["state"].get("actor")) is not None


def entry_of(scope: Scope, status: int, seconds: float) -> Access:
    state = scope["state"]
    actor: Actor | None = state.get("actor")
    agent = Headers(scope=scope).get("user-agent", "")
    return Access(
        id=uuid4(),
        at=datetime.now(UTC),
        request_id=state["request_id"],
        **told_of(actor),
        ip=state["ip"],
        method=scope["method"][:16],
        route=route_of(scope),
        status=status,
        decision="denied" if status in DENIED else "allowed",
        code=state.get("code"),
        permission=state.get("permission"),
        user_agent="".join(filter(str.isprintable, agent))[:AGENT_CHARACTERS],
        ms=round(seconds * 1000, 2),
    )


def told_of(actor: Actor | None) -> dict[str, Any]:
    return {
        "actor": str(actor) if actor else None,
        "subject": actor.id if actor else None,
        "impersonator": impersonator_of(actor),
        "role": actor.role if actor else None,
        "tenant_id": actor.tenant_id if actor else None,
        "partner_id": actor.partner_id if actor else None,
    }


def impersonator_of(actor: Actor | None) -> str | None:
    return actor.impersonator if actor else None
