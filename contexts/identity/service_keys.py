"""Keys of service accounts: issued, rotated, revoked. What is kept of a key is its hash."""

from datetime import datetime, timedelta

from contexts.identity.errors import KeyNotFound, ScopeAboveRole, TooManyKeys
from contexts.identity.service import Key, Service, Services, found, require_own
from contexts.kernel import Context
from schemas.access_limits import for_programs
from schemas.envelope import Actor
from schemas.identity import services as s

MOST_KEYS = 10


def issue_key(state: Services | None, command: s.IssueKey, ctx: Context) -> list[s.KeyIssued]:
    require_own(ctx.actor, command.place)
    service = found(state, command.service_id)
    if command.key_id in service.keys:
        return []
    require_scopes(ctx.actor, service, command.scopes)
    require_room(service, ctx)
    scopes = tuple(sorted(set(command.scopes)))
    return [issued(command, Key(command.label, scopes, command.networks, expiry(command, ctx)), ctx)]


def rotate_key(
    state: Services | None, command: s.RotateKey, ctx: Context
) -> list[s.KeyIssued | s.KeyRetired]:
    """Once: of two keys that count for a while, the newer one is rotated next."""
    require_own(ctx.actor, command.place)
    service = found(state, command.service_id)
    if command.new_id in service.keys:
        return []
    old = service.keys.get(command.key_id)
    if old is None or old.retired or old.expires_at <= ctx.now:
        raise KeyNotFound("no such key is in use")
    require_scopes(ctx.actor, service, old.scopes)
    require_room(service, ctx)
    until = min(old.expires_at, ctx.now + timedelta(minutes=command.overlap_minutes))
    place, service_id = command.place, command.service_id
    return [
        issued(command, Key(old.label, old.scopes, old.networks, expiry(command, ctx)), ctx),
        s.KeyRetired(place=place, service_id=service_id, key_id=command.key_id, expires_at=until),
    ]


def revoke_key(state: Services | None, command: s.RevokeKey, ctx: Context) -> list[s.KeyRevoked]:
    require_own(ctx.actor, command.place)
    if command.key_id not in found(state, command.service_id).keys:
        raise KeyNotFound("no such key is in use")
    return [s.KeyRevoked(**dict(command))]


def require_scopes(actor: Actor, service: Service, scopes: s.Scopes) -> None:
    """Neither more than programs with this role may, nor more than whoever hands the key out."""
    allowed = for_programs(service.role)
    if beyond := sorted(set(scopes) - allowed):
        raise ScopeAboveRole(f"a program that is {service.role} may not: {', '.join(beyond)}")
    if not actor.is_ours and (beyond := sorted(set(scopes) - actor.permissions)):
        raise ScopeAboveRole(f"you may not yourself: {', '.join(beyond)}")


def require_room(service: Service, ctx: Context) -> None:
    if sum(key.expires_at > ctx.now for key in service.keys.values()) >= MOST_KEYS:
        raise TooManyKeys(f"{MOST_KEYS} keys are in use; revoke one first")


def expiry(command: s.IssueKey | s.RotateKey, ctx: Context) -> datetime:
    return ctx.now + timedelta(days=command.days)


def issued(command: s.IssueKey | s.RotateKey, key: Key, ctx: Context) -> s.KeyIssued:
    return s.KeyIssued(
        place=command.place,
        service_id=command.service_id,
        key_id=command.new_id if isinstance(command, s.RotateKey) else command.key_id,
        prefix=command.prefix,
        hash=command.hash,
        label=key.label,
        scopes=key.scopes,
        networks=key.networks,
        issued_at=ctx.now,
        expires_at=key.expires_at,
    )
