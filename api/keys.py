"""From a key to the program that acts with it. What a key may is looked up, never read from the key."""

from datetime import UTC, datetime

from fastapi import Request

from api.errors import ApiProblem
from api.parts import Deps
from api.rows.teams import KeyRow
from infra.identity.secret_texts import KEY, hash_of
from schemas.access_limits import for_programs
from schemas.envelope import Actor
from schemas.identity.secrets import inside

BEGINS = "hbk_"


async def actor_of_key(deps: Deps, request: Request, text: str) -> Actor:
    """Only who holds the whole key learns why it does not count."""
    row = await deps.found_keys.find(deps.reads, hash_of(text)) if KEY.fullmatch(text) else None
    if row is None:
        raise refused(401, "auth.invalid_key", "This key is not valid.")
    now, address = datetime.now(UTC), str(request.state.ip)
    if row.revoked:
        raise refused(401, "auth.revoked_key", "This key was revoked.")
    if row.expires_at <= now:
        raise refused(401, "auth.expired_key", "This key has expired.")
    if not inside(address, row.networks):
        raise refused(403, "auth.key_not_from_here", "This key does not count from this address.")
    deps.key_uses.note(row.id, now, address)
    return actor_from(row)


def actor_from(row: KeyRow) -> Actor:
    """What the key was issued for, as far as its account's role allows it today."""
    return Actor(
        kind="service",
        id=str(row.service_id),
        role=row.role,
        tenant_id=row.tenant_id,
        partner_id=row.partner_id,
        scopes=row.scopes & for_programs(row.role),
        session_id=row.id,
    )


def refused(status: int, code: str, detail: str) -> ApiProblem:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return ApiProblem(status, code, detail, headers=headers)
