"""Commands to the bus, and the answers back."""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol
from uuid import UUID, uuid4

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from bus import replies, subjects
from bus.failpoints import reach
from bus.posting import BusUnavailable, Postbox
from schemas.base import Command, PartnerId, TenantId
from schemas.envelope import Actor, Answer, Envelope

REPLY_TO = "Hb-Reply-To"
TRACEPARENT = "traceparent"
MAX_COMMAND_BYTES = 4 * 1_048_576
"""Half of what NATS must take, which leaves room for a dead letter's headers."""


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


class Teller(Protocol):
    async def tell(self, envelope: Envelope, stream_id: str, wait: float, tries: int) -> Answer:
        """Has a command of ours decided, however long that takes within `tries` times `wait` seconds."""
        ...


class Submitter:
    """Publishes commands and hands each answer to whoever waits for it. One per process."""

    def __init__(self, nc: Client) -> None:
        self._nc, self._postbox = nc, Postbox(nc)
        self._inbox = nc.new_inbox()
        self._waiting: dict[str, asyncio.Future[Answer]] = {}
        self._tokens = itertools.count()

    async def start(self) -> None:
        await self._nc.subscribe(self._inbox, cb=self._receive, pending_msgs_limit=-1)

    async def submit(self, envelope: Envelope, stream_id: str, wait: float) -> Answer | None:
        """The stored answer; None: queued durably, not decided within `wait` seconds.

        Raises BusUnavailable when NATS did not even take it, CommandTooLarge when it never would.
        """
        subject = subjects.command(envelope.type, envelope.tenant_id, stream_id)
        payload = encode(envelope)
        with self._expecting() as (address, answer):
            reach("command.before_publish")
            taken = self._postbox.post(subject, payload, headers_of(envelope, address))
            try:
                async with asyncio.timeout(wait):
                    await taken
                    reach("command.after_publish")
                    return await answer
            except TimeoutError:
                if taken.cancelled() or not taken.done():
                    raise BusUnavailable("the command queue did not take the command in time") from None
                return None

    async def tell(self, envelope: Envelope, stream_id: str, wait: float, tries: int) -> Answer:
        """For policies, effects and timers: repeats the command, same id, until it is answered.

        Raises TimeoutError after `tries`.
        """
        subject = subjects.reaction(envelope.type, envelope.tenant_id, stream_id)
        for _ in range(tries - 1):
            try:
                return await self._ask(subject, envelope, wait)
            except (TimeoutError, NatsError):
                continue
        return await self._ask(subject, envelope, wait)

    async def _ask(self, subject: str, envelope: Envelope, wait: float) -> Answer:
        payload = encode(envelope)
        with self._expecting() as (address, answer):
            reach("command.before_publish")
            await self._nc.publish(subject, payload, headers=headers_of(envelope, address))
            reach("command.after_publish")
            async with asyncio.timeout(wait):
                return await answer

    @contextmanager
    def _expecting(self) -> Iterator[tuple[str, asyncio.Future[Answer]]]:
        """An address of its own for an answer, and the answer to come."""
        token = str(next(self._tokens))
        self._waiting[token] = asyncio.get_running_loop().create_future()
        try:
            yield replies.address(self._inbox, token), self._waiting[token]
        finally:
            del self._waiting[token]

    async def _receive(self, msg: Msg) -> None:
        for token, answer in replies.read(msg.data).items():
            future = self._waiting.get(token)
            if future and not future.done():
                future.set_result(answer)


def headers_of(envelope: Envelope, reply_to: str) -> dict[str, str]:
    headers = {REPLY_TO: reply_to}
    if envelope.traceparent:
        headers[TRACEPARENT] = envelope.traceparent
    return headers


def encode(envelope: Envelope) -> bytes:
    payload = envelope.model_dump_json().encode()
    if len(payload) > MAX_COMMAND_BYTES:
        raise CommandTooLarge(envelope.type, len(payload))
    return payload
