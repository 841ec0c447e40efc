"""Accounts for programs of one's own place, and their keys."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from api.at import done
from api.bodies import json_body
from api.deps import CurrentScope, Parts, caught_up, current_actor, may
from api.errors import not_found
from api.models.common import Done
from api.models.services import (
    IssueKeyBody,
    Key,
    NewKey,
    RotateKeyBody,
    Service,
    ServiceBody,
    ServicePage,
    ServiceRoleBody,
    ServiceWithKeys,
)
from api.pagination import PageDep, encode
from api.places import Where
from api.rows.teams import KeyRow, ServiceRow
from api.signing_in.proving import proven
from api.submit import AttemptDep
from infra.identity.key_uses import KeyUse
from infra.identity.secret_texts import new_key
from schemas.access import Permission
from schemas.identity import services as s

router = APIRouter(prefix="/service-accounts", tags=["programs"], dependencies=[Depends(current_actor)])
READING = [may(Permission.KEYS_READ), caught_up("services")]
MANAGING = [may(Permission.KEYS_MANAGE)]
HANDING_OUT = [may(Permission.KEYS_MANAGE), proven()]


@router.post(
    "",
    status_code=201,
    response_model=Done,
    dependencies=HANDING_OUT,
    summary="Make a program's account",
)
async def create_service(
    attempt: AttemptDep, at: Where, body: Annotated[ServiceBody, json_body(ServiceBody)]
) -> Any:
    """It belongs to the place, not to who made it."""
    id_ = attempt.new_id("service")
    command = s.CreateService(place=at.place, service_id=id_, name=body.name, role=body.role)
    return done(attempt, id_, await at.send(attempt, command))


@router.get("", response_model=ServicePage, dependencies=READING, summary="List the programs' accounts")
async def list_services(parts: Parts, scope: CurrentScope, at: Where, page: PageDep) -> ServicePage:
    found = await parts.reads.services(scope, at.place.id, page.key, page.limit)
    return ServicePage(items=[Service(**account(row)) for row in found.items], next_cursor=encode(found.next))


@router.get(
    "/{service_id}",
    response_model=ServiceWithKeys,
    dependencies=READING,
    summary="Look at a program's account and its keys",
)
async def get_service(parts: Parts, scope: CurrentScope, at: Where, service_id: UUID) -> ServiceWithKeys:
    row = await parts.reads.service(scope, service_id)
    if row is None or row.place.id != at.place.id:
        raise not_found("identity.service_not_found", "service account")
    keys = await parts.reads.keys_of(scope, service_id)
    uses = await parts.key_uses.read([key.id for key in keys])
    return ServiceWithKeys(**account(row), keys=[shown(key, uses) for key in keys])


@router.put(
    "/{service_id}/role", response_model=Done, dependencies=HANDING_OUT, summary="Give a program another role"
)
async def set_service_role(
    parts: Parts,
    attempt: AttemptDep,
    at: Where,
    service_id: UUID,
    body: Annotated[ServiceRoleBody, json_body(ServiceRoleBody)],
) -> Any:
    """Its keys do from now on what both their scopes and this role allow."""
    command = s.SetServiceRole(place=at.place, service_id=service_id, role=body.role)
    answer = await at.send(attempt, command)
    parts.found_keys.forget()
    return done(attempt, service_id, answer)


@router.delete(
    "/{service_id}", response_model=Done, dependencies=MANAGING, summary="Close a program's account"
)
async def close_service(parts: Parts, attempt: AttemptDep, at: Where, service_id: UUID) -> Any:
    """With all its keys."""
    answer = await at.send(attempt, s.CloseService(place=at.place, service_id=service_id))
    parts.found_keys.forget()
    return done(attempt, service_id, answer)


@router.post(
    "/{service_id}/keys",
    status_code=201,
    response_model=NewKey,
    dependencies=HANDING_OUT,
    summary="Issue a key",
)
async def issue_key(
    attempt: AttemptDep, at: Where, service_id: UUID, body: Annotated[IssueKeyBody, json_body(IssueKeyBody)]
) -> Any:
    """`key` is not shown again, but to a retry under the same Idempotency-Key."""
    new, id_ = new_key(attempt.deps.hash_key, attempt.message_id), attempt.new_id("key")
    command = s.IssueKey(
        place=at.place,
        service_id=service_id,
        key_id=id_,
        prefix=new.prefix,
        hash=new.hash,
        label=body.label,
        scopes=tuple(body.scopes),
        networks=tuple(body.networks),
        days=body.days,
    )
    answer = await at.send(attempt, command)
    return NewKey(id=id_, key=new.text, position=answer.position) if answer else attempt.pending(id=id_)


@router.post(
    "/{service_id}/keys/{key_id}/rotate",
    status_code=201,
    response_model=NewKey,
    dependencies=HANDING_OUT,
    summary="Issue a key in place of another, which counts a while longer",
)
async def rotate_key(
    parts: Parts,
    attempt: AttemptDep,
    at: Where,
    service_id: UUID,
    key_id: UUID,
    body: Annotated[RotateKeyBody, json_body(RotateKeyBody, optional=True)],
) -> Any:
    new, id_ = new_key(parts.hash_key, attempt.message_id), attempt.new_id("key")
    command = s.RotateKey(
        place=at.place,
        service_id=service_id,
        key_id=key_id,
        new_id=id_,
        prefix=new.prefix,
        hash=new.hash,
        **dict(body),
    )
    answer = await at.send(attempt, command)
    parts.found_keys.forget()
    return NewKey(id=id_, key=new.text, position=answer.position) if answer else attempt.pending(id=id_)


@router.delete(
    "/{service_id}/keys/{key_id}", response_model=Done, dependencies=MANAGING, summary="Revoke a key"
)
async def revoke_key(parts: Parts, attempt: AttemptDep, at: Where, service_id: UUID, key_id: UUID) -> Any:
    command = s.RevokeKey(place=at.place, service_id=service_id, key_id=key_id)
    answer = await at.send(attempt, command)
    parts.found_keys.forget()
    return done(attempt, key_id, answer)


def account(row: ServiceRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "role": row.role,
        "closed": row.closed,
        "created_at": row.created_at,
    }


def shown(row: KeyRow, uses: Mapping[UUID, KeyUse]) -> Key:
    used = uses.get(row.id)
    return Key(
        id=row.id,
        prefix=row.prefix,
        label=row.label,
        scopes=sorted(row.scopes),
        networks=list(row.networks),
        revoked=row.revoked,
        expires_at=row.expires_at,
        created_at=row.created_at,
        last_used_at=used.used_at if used else None,
        last_used_from=used.address if used else None,
    )
