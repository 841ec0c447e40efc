"""Commands caused by events. Their ids derive from their cause, so that a repetition is the same wish."""

from collections.abc import Iterator, Sequence
from uuid import UUID, uuid5

from bus.publisher import seal
from schemas.base import Command
from schemas.envelope import Actor, Envelope, Recorded

IDS = UUID("5b0f6f0e-8f5c-4d3b-9c39-5f3f6d1d7b11")

Wanted = Sequence[tuple[str, Sequence[Command]]]
"""Commands by the name of the policy or effect that wants them."""


def command_id(ref: str, author: str, command: Command | type[Command], number: int) -> UUID:
    """For ever: stored answers are found by it."""
    return uuid5(IDS, f"{ref}/{author}/{command.type_name}/{number}")


def sealed(
    recorded: Recorded, wanted: Wanted, actor: Actor, traceparent: str | None = None
) -> Iterator[tuple[Envelope, Command]]:
    """The commands in their envelopes, for the tenant of the event that caused them or for their own."""
    for author, commands in wanted:
        for number, command in enumerate(commands):
            envelope = seal(
                command,
                tenant_id=recorded.tenant_id if command.of_tenant is None else command.of_tenant,
                partner_id=recorded.partner_id,
                actor=actor,
                message_id=command_id(recorded.ref, author, command, number),
                correlation_id=recorded.correlation_id,
                causation=recorded.ref,
                traceparent=traceparent or recorded.traceparent,
            )
            yield envelope, command
