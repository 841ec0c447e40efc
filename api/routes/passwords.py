from typing import Annotated

from fastapi import APIRouter, Request

from api.bodies import json_body
from api.deps import Parts, unauthenticated
from api.models.registering import EmailBody, Sent
from api.models.sessions import Changed, ChangePasswordBody, Opened, ResetPasswordBody, UnlockBody
from api.parts import Deps
from api.signing_in.oneself import Me, Oneself
from api.signing_in.proving import require_proof
from api.signing_in.resetting import change, reset, send_code, unlock
from api.signing_in.step_up import shown
from api.signing_in.unseen import Later
from api.submit import AttemptDep
from schemas.base import PLATFORM
from schemas.identity.commands import NotePasswordChange

router = APIRouter(tags=["identity"])


@router.post("/auth/password/forgot", status_code=202, response_model=Sent, summary="Ask for a new password")
async def forgot(parts: Parts, later: Later, body: Annotated[EmailBody, json_body(EmailBody)]) -> Sent:
    """A letter with a code and a link goes to whom we know. Five an hour at most."""
    later.do(send_code(parts, body.email, "reset_password"))
    return Sent()


@router.post("/auth/password/reset", response_model=Opened, summary="Set a new password by a letter")
async def reset_password(
    parts: Parts, body: Annotated[ResetPasswordBody, json_body(ResetPasswordBody)]
) -> Opened:
    """Signs out everywhere, and lifts a lock. Then sign in. A code takes five tries."""
    await reset(parts, body, body.password.get_secret_value())
    return Opened()


@router.post("/auth/password", response_model=Changed, summary="Change the password")
async def change_password(
    parts: Parts,
    request: Request,
    me: Me,
    attempt: AttemptDep,
    body: Annotated[ChangePasswordBody, json_body(ChangePasswordBody)],
) -> Changed:
    """Signs out everywhere else."""
    current = body.current.get_secret_value() if body.current else None
    await demand_right(parts, request, me, current)
    ended = await change(parts, me, body.password.get_secret_value())
    await attempt.send(NotePasswordChange(user_id=me.id, by="changed when signed in"), PLATFORM, None)
    return Changed(ended=len(ended))


async def demand_right(deps: Deps, request: Request, me: Oneself, current: str | None) -> None:
    if current is None:
        await require_proof(deps, me.actor)
    elif await shown(deps, request, me, "password", current) is None:
        raise unauthenticated("auth.invalid_credentials", "The current password is not right.")


@router.post("/auth/unlock/request", status_code=202, response_model=Sent, summary="Ask to be unlocked")
async def request_unlock(
    parts: Parts, later: Later, body: Annotated[EmailBody, json_body(EmailBody)]
) -> Sent:
    """A letter with a code and a link goes to whom we know. Five an hour at most."""
    later.do(send_code(parts, body.email, "unlock_account"))
    return Sent()


@router.post("/auth/unlock", response_model=Opened, summary="Lift the lock after too many attempts")
async def unlock_account(parts: Parts, body: Annotated[UnlockBody, json_body(UnlockBody)]) -> Opened:
    await unlock(parts, body)
    return Opened()
