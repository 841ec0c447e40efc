"""Refuses who asks too often: by address before anything else, by name as soon as it is known."""

from collections.abc import Iterator, Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ApiProblem, respond
from api.gateway.addresses import counted_as
from api.gateway.budgets import Who
from api.gateway.kinds import Kind, kind_of
from api.gateway.limiter import Limiter, Standing
from schemas.envelope import Actor

WITHOUT_NAMES = (Kind.SIGN_IN, Kind.HOOK)
"""Where there may be nobody to count but an address, whose standing is told then. Else a name's is."""


class AddressRates:
    """The limiter is a part of the app, made when the server starts."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        callers: list[tuple[Who, str]] = [("ip", counted_as(scope["state"]["ip"]))]
        try:
            await admit(scope["app"].state.deps.rates, scope, callers, kind_of(scope) in WITHOUT_NAMES)
        except ApiProblem as problem:
            await respond(problem, scope)(scope, receive, told(scope, send))
        else:
            await self.app(scope, receive, told(scope, send))


async def admit(
    limiter: Limiter, scope: Scope, callers: Sequence[tuple[Who, str]], tell: bool = True
) -> None:
    """Raises `request.rate_limited` when a budget of one of them is used up. `tell`: how the first stands."""
    kind = kind_of(scope)
    if kind is None:
        return
    found = await limiter.take(kind, callers, tell)
    scope["state"].setdefault("standings", []).extend(found)
    if refused := [standing for standing in found if not standing.passed]:
        wait = max(standing.reset for standing in refused)
        names = ", ".join(standing.name for standing in refused)
        headers = {"Retry-After": str(wait)}
        raise ApiProblem(429, "request.rate_limited", f"Too many requests: {names}.", headers=headers)


def callers_of(actor: Actor) -> Iterator[tuple[Who, str]]:
    yield ("key" if actor.kind == "service" else "user"), actor.id
    if actor.tenant_id is not None:
        yield "tenant", str(actor.tenant_id)
    if actor.partner_id is not None:
        yield "partner", str(actor.partner_id)


def told(scope: Scope, send: Send) -> Send:
    """`RateLimit-Policy` and `RateLimit`, as draft-ietf-httpapi-ratelimit-headers has them since its 8th."""

    async def telling(message: Message) -> None:
        standings: Sequence[Standing] = scope["state"].get("standings", ())
        if standings and message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["RateLimit-Policy"] = ", ".join(f'"{s.name}";q={s.quota};w={s.window}' for s in standings)
            headers["RateLimit"] = ", ".join(f'"{s.name}";r={s.remaining};t={s.reset}' for s in standings)
        await send(message)

    return telling
