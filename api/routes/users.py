"""What the platform does with accounts of people."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter

from api.bodies import json_body
from api.deps import Parts, may
from api.errors import not_found
from api.models.accounts import ErasureReceipt
from api.models.common import Done
from api.models.tenancy import ReasonBody
from api.reads import PLATFORM_SCOPE
from api.signing_in.proving import proven
from api.submit import Attempt, AttemptDep
from infra.identity.farewell import farewell
from schemas.access import Permission
from schemas.base import PLATFORM, Command, UserId
from schemas.identity.commands import DisableUser, EnableUser, EraseUser
from schemas.identity.events import ErasureDone

router = APIRouter(tags=["identity"], dependencies=[may(Permission.USERS_MANAGE)])
Reason = Annotated[ReasonBody, json_body(ReasonBody)]
MOST_EVENTS = 1_000


@router.post("/users/{user_id}/disable", response_model=Done, summary="Keep somebody out")
async def disable_user(attempt: AttemptDep, user_id: UUID, body: Reason) -> Any:
    """Signs them out everywhere."""
    return await put_out(attempt, DisableUser(user_id=UserId(user_id), reason=body.reason), user_id)


@router.post("/users/{user_id}/enable", response_model=Done, summary="Let somebody in again")
async def enable_user(attempt: AttemptDep, user_id: UUID, body: Reason) -> Any:
    return await changed(attempt, EnableUser(user_id=UserId(user_id), reason=body.reason), user_id)


@router.post(
    "/users/{user_id}/erase", response_model=Done, dependencies=[proven()], summary="Erase somebody for good"
)
async def erase_user(attempt: AttemptDep, user_id: UUID, body: Reason) -> Any:
    """Even where nobody is left in their role. Needs a recent sign-in or step-up."""
    deps, id_ = attempt.deps, UserId(user_id)
    user = await deps.reads.user_by_id(PLATFORM_SCOPE, user_id)
    last = await farewell(deps.people.box, id_, user.email, deps.clock()) if user else None
    return await put_out(attempt, EraseUser(user_id=id_, reason=body.reason, farewell=last), user_id)


@router.get("/users/{user_id}/erasure", response_model=ErasureReceipt, summary="What erasing touched")
async def get_erasure(parts: Parts, user_id: UUID) -> ErasureReceipt:
    user = await parts.reads.user_by_id(PLATFORM_SCOPE, user_id)
    if user is None or not user.erased:
        raise not_found("identity.erasure_not_found", "erasure")
    recorded = await parts.reads.events_of_stream(PLATFORM_SCOPE, f"user-{user_id}", 0, MOST_EVENTS)
    for one in recorded:
        if isinstance(one.event, ErasureDone):
            return ErasureReceipt(user_id=user_id, done_at=one.recorded_at, touched=one.event.touched)
    return ErasureReceipt(user_id=user_id, done_at=None, touched=None)


async def put_out(attempt: Attempt, command: Command, user_id: UUID) -> Any:
    answered = await changed(attempt, command, user_id)
    await attempt.deps.vault.sessions.revoke_all(UserId(user_id), "put out")
    attempt.deps.standing.forget()
    return answered


async def changed(attempt: Attempt, command: Command, user_id: UUID) -> Any:
    answer = await attempt.send(command, PLATFORM, None)
    return Done(id=user_id, position=answer.position) if answer else attempt.pending(id=user_id)
