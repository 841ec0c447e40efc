"""Commands to the bus, and the answers back."""

import asyncio
import itertools
from uuid import UUID, uuid4

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from pydantic_core import from_json

from bus import subjects
from bus.failpoints import reach
from schemas.base import Command, PartnerId, TenantId
from schemas.envelope import Actor, Answer, Envelope

REPLY_TO = "Hb-Reply-To"
TRACEPARENT = "traceparent"
MAX_COMMAND_BYTES = 4 * 1_048_576
"""Half of what NATS must take, which leaves room for a dead letter's headers."""


class BusUnavailable(Exception):
    """NATS did not take the command: nothing was queued, try again later."""


class CommandTooLarge(Exception):
    def __init__(self, type_name: str, size: int) -> None:
        super().__init__(
            f"A command may have at most {MAX_COMMAND_BYTES} bytes; this {type_name} has {size}."
        )


def seal(
    command: Command,
    *,
    tenant_id: TenantId,
    partner_id: PartnerId | None,
    actor: Actor,
    message_id: UUID | None = None,
    correlation_id: UUID | None = None,
    causation: str | None = None,
    input_hash: str = "",
    traceparent: str | None = None,
) -> Envelope:
    """Wraps a command; without `message_id` it is a new wish.

    Clients' commands carry the hash of their request. Ours carry none: their ids are derived from what
    caused them, so the same id is the same wish, even when a repeated effect words its result otherwise.
    """
    message_id = message_id or uuid4()
    return Envelope(
        message_id=message_id,
        type=command.type_name,
        tenant_id=tenant_id,
        partner_id=partner_id,
        actor=actor,
        correlation_id=correlation_id or message_id,
        causation=causation,
        input_hash=input_hash,
        traceparent=traceparent,
        data=command.model_dump(mode="json"),
    )


class Submitter:
    """Publishes commands and hands each answer to whoever waits for it. One per process."""

    def __init__(self, nc: Client) -> None:
        self._nc = nc
        self._inbox = nc.new_inbox()
        self._waiting: dict[str, asyncio.Future[bytes]] = {}
        self._tokens = itertools.count()

    async def start(self) -> None:
        await self._nc.subscribe(f"{self._inbox}.*", cb=self._receive, pending_msgs_limit=-1)

    async def submit(self, envelope: Envelope, stream_id: str, wait: float) -> Answer | None:
        """The stored answer; None: queued durably, not decided within `wait` seconds.

        Raises BusUnavailable when NATS did not even take it, CommandTooLarge when it never would.
        """
        taken, queued = self._expect()
        subject = subjects.command(envelope.type, envelope.tenant_id, stream_id)
        try:
            payload = await self._ask(subject, envelope, wait, reply=taken)
            return Answer.model_validate_json(payload)
        except TimeoutError:
            if queued.done() and took(queued.result()):
                return None
            raise BusUnavailable("the command queue did not take the command") from None
        finally:
            self._forget(taken)

    async def tell(self, envelope: Envelope, stream_id: str, wait: float, tries: int) -> Answer:
        """For policies, effects and timers: repeats the command, same id, until it is answered.

        Raises TimeoutError after `tries`.
        """
        subject = subjects.reaction(envelope.type, envelope.tenant_id, stream_id)
        for _ in range(tries - 1):
            try:
                return Answer.model_validate_json(await self._ask(subject, envelope, wait))
            except (TimeoutError, NatsError):
                continue
        return Answer.model_validate_json(await self._ask(subject, envelope, wait))

    async def _ask(self, subject: str, envelope: Envelope, wait: float, reply: str = "") -> bytes:
        payload = encode(envelope)
        inbox, answer = self._expect()
        headers = {REPLY_TO: inbox}
        if envelope.traceparent:
            headers[TRACEPARENT] = envelope.traceparent
        try:
            reach("command.before_publish")
            await self._nc.publish(subject, payload, reply, headers)
            reach("command.after_publish")
            async with asyncio.timeout(wait):
                return await answer
        finally:
            self._forget(inbox)

    def _expect(self) -> tuple[str, asyncio.Future[bytes]]:
        subject = f"{self._inbox}.{next(self._tokens)}"
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[subject] = future
        return subject, future

    def _forget(self, subject: str) -> None:
        self._waiting.pop(subject, None)

    async def _receive(self, msg: Msg) -> None:
        future = self._waiting.get(msg.subject)
        if future and not future.done():
            future.set_result(msg.data)


def encode(envelope: Envelope) -> bytes:
    payload = envelope.model_dump_json().encode()
    if len(payload) > MAX_COMMAND_BYTES:
        raise CommandTooLarge(envelope.type, len(payload))
    return payload


def took(reply: bytes) -> bool:
    """Whether the queue has the command. NATS answers with nothing at all when there is no such stream."""
    return bool(reply) and "error" not in from_json(reply)
