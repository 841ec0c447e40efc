"""`POST /add-checkpoint`, as C2SP's tlog-witness has it."""

import asyncio
from collections.abc import Callable

import structlog
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from infra.witness.folder import Folder
from infra.witness.judging import Refusal, Seen, judged
from infra.witness.submission import BadSubmission, read

BODY_BYTES = 16_384
BODY_SECONDS = 10.0
CODE = "Witness-Code"
SIZE = "text/x.tlog.size"
CONTRADICTIONS = ("witness.fork", "witness.inconsistent")

log = structlog.get_logger(__name__)


def witness_app(folder: Folder, clock: Callable[[], float]) -> Starlette:
    async def add_checkpoint(request: Request) -> Response:
        try:
            return PlainTextResponse(cosigned(folder, await body_of(request), int(clock())))
        except Refusal as refusal:
            log.warning("refused", code=refusal.code, reason=str(refusal))
            return answer(refusal)

    return Starlette(routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"])])


def cosigned(folder: Folder, body: bytes, now: int) -> str:
    """The witness's line, once what it says is on disk. Nothing else is done in between. Raises Refusal."""
    try:
        asked = read(body)
    except BadSubmission as error:
        raise Refusal(400, "witness.malformed", str(error)) from error
    try:
        point = judged(folder.seen, asked, folder.ledger)
    except Refusal as refusal:
        if refusal.code in CONTRADICTIONS:
            folder.keep_contradiction(refusal.code, asked.note)
        raise
    line = folder.cosigner.line(point, now)
    folder.keep(without_my(asked.note, folder) + line, Seen(point.size, point.root))
    return line


def without_my(note: str, folder: Folder) -> str:
    """A ledger may hand back what this witness said before."""
    mine = folder.cosigner.witness.mark
    return "".join(line for line in note.splitlines(keepends=True) if not line.startswith(mine))


async def body_of(request: Request) -> bytes:
    body = b""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > BODY_BYTES:
                    raise Refusal(413, "witness.too_large", f"more than {BODY_BYTES} bytes")
    except (TimeoutError, ClientDisconnect) as error:
        raise Refusal(408, "witness.too_slow", "it did not come whole") from error
    return body


def answer(refusal: Refusal) -> Response:
    headers = {CODE: refusal.code}
    if refusal.size is not None:
        return Response(f"{refusal.size}\n", refusal.status, {**headers, "Content-Type": SIZE})
    return PlainTextResponse(f"{refusal}\n", refusal.status, headers)
