from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.responses import RedirectResponse

from api.bodies import json_body
from api.deps import Parts
from api.errors import ApiProblem
from api.federation.departing import Mode, Wanted, departed
from api.federation.linking import link_by_hand, unlinked
from api.federation.returning import Arrival, arrival, identity_of
from api.federation.signing_in import sign_in
from api.models.factors import FactorRemoved
from api.models.oidc import Arrived, Departing, Port, ProviderItem, ProviderLinkBody, ProviderList
from api.parts import Deps
from api.signing_in.browsers import keep as keep_browser
from api.signing_in.cookie_session import keep as keep_session
from api.signing_in.proving import ProvenMe
from api.submit import AttemptDep
from infra.oidc.round_trip import LONGEST_PATH, port_in

router = APIRouter(tags=["identity"])
ProviderName = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
RedirectTo = Annotated[str, Query(min_length=1, max_length=LONGEST_PATH, description="A page of this site.")]
ElseSent: dict[int | str, dict[str, Any]] = {303: {"description": "The browser is sent on."}}


@router.get("/auth/oidc", response_model=ProviderList, summary="Providers one may sign in with")
async def list_providers(parts: Parts) -> ProviderList:
    named = parts.federation.party.providers.named
    return ProviderList(
        items=[ProviderItem(name=name, label=one.label or name) for name, one in named.items()]
    )


@router.get(
    "/auth/oidc/{provider}/start",
    response_model=Departing,
    responses=ElseSent,
    summary="Sign in with a provider",
)
async def start_sign_in(
    parts: Parts,
    request: Request,
    response: Response,
    provider: ProviderName,
    redirect_to: RedirectTo = "/",
    mode: Mode = "browser",
    port: Annotated[Port | None, Query()] = None,
) -> Any:
    """Sends the browser to the provider; with `mode=api` or a `port` only says where to. Sets a cookie: only
    this browser, or program, can come back.
    """
    departure = await departed(parts, request, Wanted(provider, redirect_to, mode, port=port))
    sent_on = mode == "browser" and port is None
    if sent_on:
        response = RedirectResponse(departure.url, 303)
    keep_browser(request, response, departure.cookie)
    return response if sent_on else Departing(url=departure.url)


@router.post("/auth/oidc/{provider}/link", response_model=Departing, summary="Link a provider to my account")
async def start_linking(
    parts: Parts,
    request: Request,
    response: Response,
    me: ProvenMe,
    provider: ProviderName,
    body: Annotated[ProviderLinkBody, json_body(ProviderLinkBody, optional=True)],
) -> Departing:
    """Says where the browser is to go. It counts while you stay signed in."""
    departure = await departed(parts, request, Wanted(provider, body.redirect_to, body.mode, me, body.port))
    keep_browser(request, response, departure.cookie)
    return Departing(url=departure.url)


@router.delete("/auth/oidc/{provider}", response_model=FactorRemoved, summary="Unlink a provider")
async def unlink(parts: Parts, me: ProvenMe, attempt: AttemptDep, provider: ProviderName) -> FactorRemoved:
    """Not when it is the only way to sign in."""
    return FactorRemoved(position=await unlinked(parts, attempt, me.id, provider))


@router.get(
    "/auth/oidc/{provider}/callback",
    response_model=Arrived,
    responses=ElseSent,
    summary="Come back from a provider",
)
async def come_back(parts: Parts, request: Request, provider: ProviderName) -> Any:
    """Where providers send the browser. It is sent on to its page, signed in by the console's cookie; what
    went wrong stands after the #: `error`, and, when a second factor is asked for, `mfa_token`.

    A browser that a program sent out is sent on to that, with all it brings. The program, which has the
    cookie, asks here again.
    """
    arrived = await arrival(parts, request, provider)
    if arrived.trip is None and (port := port_in(arrived.back.state)):
        return RedirectResponse(f"http://127.0.0.1:{port}/?{request.url.query}", 303)
    if arrived.for_program or arrived.trip is None:
        return await outcome(parts, request, arrived)
    try:
        done = await outcome(parts, request, arrived)
    except ApiProblem as problem:
        request.state.code = problem.code
        return page(arrived.trip.redirect_to, error=problem.code, **problem.more)
    if done.token is not None:
        keep_session(parts, request, done.token)
        return page(arrived.trip.redirect_to)
    return page(arrived.trip.redirect_to, linked=provider)


async def outcome(deps: Deps, request: Request, arrived: Arrival) -> Arrived:
    identity = await identity_of(deps, arrived)
    user_id = arrived.trip.link_to if arrived.trip else None
    if user_id is None:
        return Arrived(token=await sign_in(deps, request, arrived.provider, identity))
    await link_by_hand(deps, request, arrived, user_id, identity)
    return Arrived(linked=arrived.provider)


def page(redirect_to: str, **told: Any) -> RedirectResponse:
    """After the #, which browsers send to no server."""
    address = redirect_to.partition("#")[0]
    return RedirectResponse(f"{address}#{urlencode(told, doseq=True)}" if told else address, 303)
