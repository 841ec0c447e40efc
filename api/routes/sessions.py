from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Request

from api.bodies import json_body
from api.deps import Parts
from api.errors import not_found
from api.gateway.cookies import forget_session
from api.models.identity import AccessToken
from api.models.sessions import (
    Changed,
    MembershipItem,
    MembershipList,
    SessionItem,
    SessionList,
    StepUpBody,
    SwitchBody,
)
from api.reads import PLATFORM_SCOPE
from api.signing_in.going_on import stepped_up, switched
from api.signing_in.oneself import Me
from api.signing_in.places import name_of
from api.signing_in.step_up import proven
from infra.identity.session_types import Session

router = APIRouter(tags=["identity"])


@router.post("/auth/logout", response_model=Changed, summary="Sign out")
async def log_out(parts: Parts, request: Request, me: Me) -> Changed:
    """This session only. Its tokens are void everywhere within seconds."""
    ended = await parts.vault.sessions.revoke(me.session_id, me.id, "logout")
    parts.standing.forget()
    forget_session(request)
    return Changed(ended=int(ended))


@router.get("/auth/sessions", response_model=SessionList, summary="Where you are signed in")
async def list_sessions(parts: Parts, me: Me) -> SessionList:
    found = await parts.vault.sessions.list(me.id)
    return SessionList(items=[item(session, me.session_id) for session in found])


@router.delete("/auth/sessions/{session_id}", response_model=Changed, summary="Sign out somewhere else")
async def end_session(parts: Parts, me: Me, session_id: UUID) -> Changed:
    if not await parts.vault.sessions.revoke(session_id, me.id, "ended"):
        raise not_found("auth.session_not_found", "session")
    parts.standing.forget()
    return Changed(ended=1)


@router.delete("/auth/sessions", response_model=Changed, summary="Sign out everywhere")
async def end_sessions(parts: Parts, me: Me, keep: Literal["current"] | None = None) -> Changed:
    """`keep=current`: everywhere else."""
    kept = me.session_id if keep else None
    ended = await parts.vault.sessions.revoke_all(me.id, "everywhere", but=kept)
    parts.standing.forget()
    return Changed(ended=len(ended))


@router.get("/auth/memberships", response_model=MembershipList, summary="Where you have a role")
async def list_memberships(parts: Parts, me: Me) -> MembershipList:
    here = me.actor.tenant_id, me.actor.partner_id
    return MembershipList(
        items=[
            MembershipItem(
                place_id=row.place_id,
                level=row.role.level,
                name=await name_of(parts, row),
                role=row.role,
                tenant_id=row.tenant_id,
                partner_id=row.partner_id,
                current=(row.tenant_id, row.partner_id) == here,
            )
            for row in await parts.reads.memberships(PLATFORM_SCOPE, me.id)
        ]
    )


@router.post("/auth/switch", response_model=AccessToken, summary="Go on at another of your places")
async def switch(
    parts: Parts, request: Request, me: Me, body: Annotated[SwitchBody, json_body(SwitchBody)]
) -> AccessToken:
    """The session's next tokens are for that place; those it has stay for theirs until they expire."""
    return await switched(parts, request, me, body.place_id)


@router.post("/auth/step-up", response_model=AccessToken, summary="Show once more that it is you")
async def step_up(
    parts: Parts, request: Request, me: Me, body: Annotated[StepUpBody, json_body(StepUpBody)]
) -> AccessToken:
    """For what needs a recent proof. Who has a second factor shows that."""
    way, sent = body.way
    return await stepped_up(parts, request, me, await proven(parts, request, me, way, sent))


def item(session: Session, current: UUID) -> SessionItem:
    return SessionItem(
        id=session.id,
        current=session.id == current,
        methods=list(session.amr),
        ip=session.ip,
        user_agent=session.user_agent,
        created_at=session.created_at,
        used_at=session.used_at,
        expires_at=session.expires_at,
    )
