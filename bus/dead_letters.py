"""Messages nobody could handle: kept whole, with the reason, until an operator retries them."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError

from bus import subjects
from bus.streams import COMMANDS, DEAD_LETTERS
from infra.metrics import DEAD_LETTERS as DEAD_LETTERS_BURIED
from schemas.base import TenantId

SUBJECT, CONSUMER, ERROR, DIED_AT = "Hb-Subject", "Hb-Consumer", "Hb-Error", "Hb-Died-At"
MAX_ERROR = 1_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    id: int
    consumer: str
    subject: str
    error: str
    died_at: str
    payload: bytes


async def bury(js: JetStreamContext, msg: Msg, consumer: str, error: BaseException) -> None:
    """Copies a message to the dead letters, then acknowledges it. The copy is durable first.

    What cannot be copied now stays where it is, and is given to its consumer again.
    """
    headers = {
        SUBJECT: msg.subject,
        CONSUMER: consumer,
        ERROR: json.dumps(f"{type(error).__name__}: {error}"[:MAX_ERROR]),
        DIED_AT: datetime.now(UTC).isoformat(),
    }
    try:
        await js.publish(subjects.dead_letter(consumer, msg.subject), msg.data, headers=headers)
    except NatsError as failure:
        log.warning("not buried", consumer=consumer, subject=msg.subject, error=repr(failure))
        return
    await msg.ack()
    DEAD_LETTERS_BURIED.labels(consumer).inc()
    log.error("dead letter", consumer=consumer, subject=msg.subject, error=repr(error))


async def listing(js: JetStreamContext, limit: int = 100) -> list[DeadLetter]:
    """The oldest dead letters, at most `limit`."""
    state = (await js.stream_info(DEAD_LETTERS)).state
    found: list[DeadLetter] = []
    # A stream that never held a message says that its first is 0, which is no message's number.
    for id_ in range(max(state.first_seq, 1), state.last_seq + 1):
        letter = await get(js, id_)
        if letter:
            found.append(letter)
        if len(found) == limit:
            break
    return found


async def get(js: JetStreamContext, id_: int) -> DeadLetter | None:
    try:
        return _letter(await js.get_msg(DEAD_LETTERS, id_))
    except NotFoundError:
        return None


async def retry(nc: Client, js: JetStreamContext, letter: DeadLetter) -> None:
    """Gives a letter to its consumer again, to that one only, and removes it from the dead letters."""
    command = letter.consumer == COMMANDS.lower()
    subject = letter.subject if command else subjects.redo(letter.consumer, subjects.owner_of(letter.subject))
    await js.publish(subject, letter.payload)
    await js.delete_msg(DEAD_LETTERS, letter.id)


async def purge(js: JetStreamContext, tenant_id: TenantId) -> int:
    """All of a tenant's go; how many they were."""
    subject = subjects.dead_letters_of(tenant_id)
    known = (await js.stream_info(DEAD_LETTERS, subjects_filter=subject)).state.subjects or {}
    await js.purge_stream(DEAD_LETTERS, subject=subject)
    return sum(known.values())


def _letter(msg: RawStreamMsg) -> DeadLetter:
    headers = msg.headers or {}
    return DeadLetter(
        id=msg.seq or 0,
        consumer=headers[CONSUMER],
        subject=headers[SUBJECT],
        error=json.loads(headers[ERROR]),
        died_at=headers[DIED_AT],
        payload=msg.data or b"",
    )
