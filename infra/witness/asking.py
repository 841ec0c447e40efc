"""Asks a witness for its cosignature, in bounded time and size."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import httpx2

from infra.audit.notes import BadNote
from infra.audit.store import Missing, Stamp
from infra.witness.keys import cosigned_at
from infra.witness.places import Place
from infra.witness.submission import BadSubmission, Submission, number

SECONDS = 5.0
ANSWER_BYTES = 16_384
ASKED_AT_MOST = 2

Prove = Callable[[int], Awaitable[Sequence[bytes]]]
"""That the checkpoint's ledger begins with that of so many entries."""


class NotCosigned(Exception):
    """The witness did not answer, or not as it must."""


class Contradicted(NotCosigned):
    """It says that it saw another ledger than the one we show."""


def client() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(timeout=SECONDS, trust_env=False)


async def cosignature(http: httpx2.AsyncClient, place: Place, stamp: Stamp, old: int, prove: Prove) -> str:
    """Its line on the checkpoint. `old`: the size it saw last, as far as we know. Raises NotCosigned."""
    old = min(old, stamp.size)
    try:
        async with asyncio.timeout(SECONDS):
            for _ in range(ASKED_AT_MOST):
                asked = Submission(old, await prove(old), stamp.note)
                status, text = await post(http, place.url, asked.body())
                if status != httpx2.codes.CONFLICT:
                    return line_in(status, text, place, stamp)
                old = other_size(text, old, stamp.size)
    except TimeoutError:
        raise NotCosigned(f"it does not answer within {SECONDS:g} seconds") from None
    except Missing as error:
        raise NotCosigned("what it saw last is in a segment that was dropped") from error
    except (httpx2.HTTPError, ValueError) as error:
        raise NotCosigned(f"{error or type(error).__name__}") from error
    raise NotCosigned("it saw another checkpoint meanwhile")


async def post(http: httpx2.AsyncClient, url: str, body: str) -> tuple[int, str]:
    """Of a longer answer the beginning."""
    async with http.stream("POST", f"{url}/add-checkpoint", content=body.encode()) as answer:
        found = b""
        async for part in answer.aiter_raw():
            found += part
            if len(found) > ANSWER_BYTES:
                break
    return answer.status_code, found[:ANSWER_BYTES].decode()


def line_in(status: int, text: str, place: Place, stamp: Stamp) -> str:
    """The witness may answer with lines of several keys: ours is taken, when it is true."""
    if status == httpx2.codes.UNPROCESSABLE_CONTENT:
        raise Contradicted("it saw another ledger than the one this checkpoint is of")
    if status != httpx2.codes.OK:
        raise NotCosigned(f"it answers {status}: {text[:200].strip()}")
    for line in text.splitlines(keepends=True):
        if line.startswith(place.witness.mark):
            cosigned_at(stamp.note + line, place.witness)
            return line
    raise BadNote("its answer has no line of its key")


def other_size(text: str, old: int, size: int) -> int:
    """From where to ask again. Nothing we could show goes on from a larger one, or from the same."""
    try:
        seen = number(text.removesuffix("\n"))
    except BadSubmission:
        raise NotCosigned("it conflicts without telling the size it saw") from None
    if seen > size:
        raise Contradicted(f"it saw {seen} entries, and there are {size}")
    if seen == old:
        raise Contradicted(f"it saw another ledger of {seen} entries")
    return seen
