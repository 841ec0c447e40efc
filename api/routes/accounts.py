from typing import Annotated, Any

from fastapi import APIRouter, Request

from api.bodies import json_body
from api.deps import Parts
from api.gateway.cookies import forget_session
from api.models.accounts import Account, AccountExport, RenameBody
from api.models.common import Done
from api.routes.sessions import list_memberships, list_sessions
from api.signing_in.account_export import accesses, account, factors, identities
from api.signing_in.leaving import require_not_last
from api.signing_in.oneself import Me
from api.signing_in.proving import require_proof
from api.submit import AttemptDep
from infra.identity.farewell import farewell
from schemas.base import PLATFORM
from schemas.identity.commands import EraseUser, RenameUser

router = APIRouter(tags=["identity"])


@router.patch("/auth/me", response_model=Done, summary="Change what you are called")
async def rename(
    parts: Parts, me: Me, attempt: AttemptDep, body: Annotated[RenameBody, json_body(RenameBody)]
) -> Any:
    [name] = await parts.people.box.seal(me.id, body.name)
    answer = await attempt.send(RenameUser(user_id=me.id, name=name), PLATFORM, None)
    return Done(id=me.id, position=answer.position) if answer else attempt.pending(id=me.id)


@router.get("/auth/me/export", response_model=AccountExport, summary="Take along all about you")
async def export_account(parts: Parts, me: Me) -> AccountExport:
    return AccountExport(
        account=Account(**await account(parts, me.user)),
        memberships=(await list_memberships(parts, me)).items,
        sessions=(await list_sessions(parts, me)).items,
        factors=await factors(parts, me.user),
        identities=await identities(parts, me.user),
        accesses=await accesses(parts, me.user),
    )


@router.post("/auth/me/erase", response_model=Done, summary="Be forgotten")
async def erase_me(parts: Parts, request: Request, me: Me, attempt: AttemptDep) -> Any:
    """For good: account, places, and all that is readable of you. Needs a recent sign-in or step-up."""
    await require_proof(parts, me.actor)
    await require_not_last(parts, me.id)
    last = await farewell(parts.people.box, me.id, me.user.email, parts.clock())
    command = EraseUser(user_id=me.id, reason="They asked for it themselves.", farewell=last)
    answer = await attempt.send(command, PLATFORM, None)
    await parts.vault.sessions.revoke_all(me.id, "erased")
    parts.standing.forget()
    forget_session(request)
    return Done(id=me.id, position=answer.position) if answer else attempt.pending(id=me.id)
