"""The sealed ledger. Everybody sees all hashes, and their own entries."""

import asyncio
from collections.abc import AsyncGenerator
from inspect import getsource
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic_core import to_json
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from api.amounts import views
from api.deps import CurrentActor, CurrentScope, Parts, current_actor, may
from api.errors import ApiProblem, invalid, not_found
from api.followed import Following
from api.models.audit import ENTRY, HASH, KEY, NOTE, Consistency, EntryProof, Key, Keys
from api.routes.billing import Period
from api.routes.tenancy import visible_tenant
from api.tile_paths import BadTile, parsed
from infra.audit import verify_ledger
from infra.audit.ledger import EVERYTHING, NoSuchSize, NothingCosigned, NothingSealed, Wanted, hexes
from infra.audit.lines import dumped, fields
from infra.audit.store import Missing, Stamp
from schemas.access import Permission
from schemas.envelope import Problem

router = APIRouter(
    prefix="/audit",
    tags=["audit"],
    dependencies=[Depends(current_actor), may(Permission.AUDIT_READ)],
)

LINES = "application/x-ndjson"
FOLLOW_SECONDS = 1.0
Size = Annotated[int, Query(ge=0, lt=2**63)]


def content(media: str, shown: Any) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {media: {"example": shown}}}}


Witnessed = Annotated[
    bool, Query(description="Of the last checkpoint that witnesses have cosigned, instead of the latest.")
]


async def sealed(parts: Parts) -> Stamp:
    return await asked_for(parts)


async def asked_for(parts: Parts, witnessed: Witnessed = False) -> Stamp:
    try:
        return await parts.audit.checkpoint(witnessed)
    except NothingCosigned as error:
        raise ApiProblem(404, "audit.nothing_cosigned", "No witness has cosigned anything yet.") from error
    except NothingSealed as error:
        raise ApiProblem(404, "audit.nothing_sealed", "Nothing is sealed yet.") from error


Checkpoint = Annotated[Stamp, Depends(sealed)]
AskedFor = Annotated[Stamp, Depends(asked_for)]


@router.get(
    "/checkpoint",
    response_class=PlainTextResponse,
    responses=content("text/plain", NOTE),
    summary="The latest signed checkpoint",
)
async def get_checkpoint(stamp: AskedFor) -> Response:
    """A signed note, as C2SP's tlog-checkpoint has it, with a line of each witness that has cosigned it."""
    return PlainTextResponse(stamp.note)


@router.get(
    "/key",
    response_class=PlainTextResponse,
    responses=content("text/plain", KEY),
    summary="Who signs checkpoints",
)
async def get_key(parts: Parts) -> Response:
    """The newest public key, as verifiers of signed notes take it."""
    return PlainTextResponse((await parts.audit.keys())[-1].key)


@router.get("/keys", response_model=Keys, summary="Who signed checkpoints of which sizes")
async def list_keys(parts: Parts) -> Keys:
    """All keys there ever were, the oldest first. A key that was replaced signs beside the new for a time."""
    return Keys(items=[Key(**one._asdict()) for one in await parts.audit.keys()])


@router.get(
    "/verifier",
    response_class=Response,
    responses=content("text/x-python", "#!/usr/bin/env python3 …"),
    summary="A program that verifies an export",
)
async def get_verifier() -> Response:
    """One file of Python's standard library, to run on a machine of your own."""
    return Response(getsource(verify_ledger), media_type="text/x-python")


@router.get(
    "/entries/{call_key}/proof", response_model=EntryProof, summary="A proof that an entry is in the ledger"
)
async def get_proof(
    parts: Parts, actor: CurrentActor, scope: CurrentScope, stamp: Checkpoint, call_key: str
) -> EntryProof:
    found = await parts.audit.prove(scope, call_key, views(actor))
    if found is None:
        raise not_found("audit.entry_not_found", "sealed entry")
    entry = fields(found.entry, proof=hexes(found.proof))
    return EntryProof(key=found.key, checkpoint=found.checkpoint, entry=entry)


@router.get("/consistency", response_model=Consistency, summary="A proof that the ledger only grew")
async def get_consistency(
    parts: Parts,
    stamp: Checkpoint,
    old: Annotated[int, Query(alias="from", ge=0, lt=2**63)],
    size: Annotated[int, Query(alias="to", ge=0, lt=2**63)],
) -> Consistency:
    try:
        proof = await parts.audit.consistency(old, size)
    except NoSuchSize as error:
        raise invalid([Problem(code="audit.no_such_size", message=str(error), path="query.from")]) from error
    except Missing as error:
        raise not_kept() from error
    return Consistency(**{"from": old, "to": size, "proof": hexes(proof)})


@router.get(
    "/tile/{level}/{tile:path}",
    response_class=Response,
    responses=content("application/octet-stream", HASH),
    summary="A tile of the tree",
)
async def get_tile(parts: Parts, stamp: Checkpoint, level: int, tile: str) -> Response:
    """As C2SP's tlog-tiles has it: up to 256 hashes of a level, `x001/234`, partial ones `x001/234.p/17`."""
    try:
        number, width = parsed(tile)
        found = await parts.audit.tile(level, number, width)
    except (BadTile, Missing) as error:
        raise not_kept() from error
    return Response(found, media_type="application/octet-stream")


@router.get(
    "/exports",
    response_class=StreamingResponse,
    responses=content(LINES, ENTRY),
    summary="A month's entries with their proofs, to take along",
)
async def export(
    parts: Parts,
    actor: CurrentActor,
    scope: CurrentScope,
    stamp: AskedFor,
    period: Period,
    tenant_id: UUID | None = None,
    since: Annotated[
        int | None, Query(ge=1, lt=2**63, description="Size of an earlier checkpoint of yours.")
    ] = None,
    witnessed: Witnessed = False,
) -> Response:
    """What `GET /audit/verifier` verifies. Your amounts are open in it, for the others stand hashes."""
    if tenant_id is not None:
        await visible_tenant(parts, scope, tenant_id)
    if since is not None and since > stamp.size:
        raise invalid(
            [
                Problem(
                    code="audit.no_such_size",
                    message="The ledger has not so many entries",
                    path="query.since",
                )
            ]
        )
    wanted = Wanted(tenant_id=tenant_id, period=period)
    found = parts.audit.export(scope, wanted, views(actor), [since] if since else [], witnessed)
    name = {"Content-Disposition": f'attachment; filename="ledger-{period}.jsonl"'}
    return StreamingResponse(found, media_type=LINES, headers=name)


@router.get(
    "/ledger/stream",
    response_class=StreamingResponse,
    responses=content(LINES, {name: value for name, value in ENTRY.items() if name != "proof"}),
    summary="Sealed entries, in order",
)
async def stream(
    parts: Parts,
    actor: CurrentActor,
    scope: CurrentScope,
    stamp: Checkpoint,
    follower: Following,
    first: Annotated[
        int, Query(alias="from", ge=0, lt=2**63, description="The audit sequence to begin with.")
    ] = 0,
    follow: Annotated[bool, Query(description="Go on with what is sealed later.")] = False,
) -> Response:
    """What is followed ends with a line that has a `problem` when you may not follow it any more."""

    async def lines() -> AsyncGenerator[bytes, None]:
        start = first
        while True:
            async for one in parts.audit.lines(scope, start, EVERYTHING, views(actor)):
                yield dumped(one)
                start = one.seq + 1
            if not follow:
                return
            await asyncio.sleep(FOLLOW_SECONDS)
            yield b""

    return StreamingResponse(follower.told(lines(), the_end), media_type=LINES)


def the_end(problem: dict[str, Any]) -> bytes:
    return to_json({"problem": problem}) + b"\n"


def not_kept() -> ApiProblem:
    return ApiProblem(404, "audit.not_kept", "The tree has no such hashes, or its segment was archived.")
