import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

from bus import dead_letters, subjects, wiring
from bus.admission import Admission
from bus.broker import Bus
from bus.command_consumer import CommandConsumer
from bus.dead_letters import DeadLetter
from bus.decider import Decider
from bus.failures import Patience
from bus.heartbeat import Heartbeat
from bus.publisher import seal
from contexts.kernel import Context, Handler
from contexts.tenancy import partner as partners
from contexts.tenancy.registry import REGISTRY
from infra.eventstore.postgres import PostgresEventStore
from schemas.base import PLATFORM, Event
from schemas.envelope import Answer, Envelope
from schemas.tenancy.commands import CreatePartner
from tests.bus.workers import running, until
from tests.support.builders import NOW, SYSTEM, create_partner, new_user
from tests.support.client import Client
from tests.support.fakes.clock import FakeClock
from tests.support.harness import LIMITS

SHORT = Patience(tries=2, pauses=(0.05,), ack_wait=5)
WAIT = 30.0


class Defective:
    """Decides as the real one does, but a partner named Bug is a defect until it is repaired."""

    def __init__(self) -> None:
        self.repaired = False

    def decide(self, state: Any, command: CreatePartner, ctx: Context) -> Sequence[Event]:
        if command.name == "Bug" and not self.repaired:
            raise ZeroDivisionError("a defect")
        return partners.create(state, command, ctx)


def consumer(
    bus: Bus, store: PostgresEventStore, heartbeat: Heartbeat, defect: Defective | None = None
) -> CommandConsumer:
    handlers = dict(wiring.HANDLERS)
    if defect:
        [original] = [h for h in REGISTRY.handlers if h.command is CreatePartner]
        handlers[CreatePartner.type_name] = Handler(
            CreatePartner, original.aggregate, defect.decide, original.permission
        )
    decider = Decider(store, handlers, wiring.FACTS, FakeClock(NOW), Admission(LIMITS))
    return CommandConsumer(
        bus.nc, bus.js, decider, ThreadPoolExecutor(1), lambda rows: None, heartbeat, SHORT
    )


def partner(number: int, **changes: Any) -> CreatePartner:
    admin = new_user(user_id=UUID(int=number), email=f"admin-{number}@example.com")
    return create_partner(**{"partner_id": UUID(int=number), "admin": admin, **changes})


def sealed(command: CreatePartner, message_id: UUID | None = None, input_hash: str = "") -> Envelope:
    who: dict[str, Any] = {"tenant_id": PLATFORM, "partner_id": None, "actor": SYSTEM}
    return seal(command, **who, message_id=message_id, input_hash=input_hash)


async def ask(client: Client, command: CreatePartner, *identity: Any) -> Answer:
    answer = await client.submitter.submit(sealed(command, *identity), command.stream_id, WAIT)
    assert answer is not None
    return answer


async def one_letter(bus: Bus) -> DeadLetter:
    found: list[DeadLetter] = await until(lambda: dead_letters.listing(bus.js))
    [letter] = found
    return letter


def codes(answers: Sequence[Answer]) -> list[str | None]:
    return [answer.refusal.code if answer.refusal else None for answer in answers]


async def test_a_repeated_command_gets_its_stored_answer(
    bus: Bus, store: PostgresEventStore, heartbeat: Heartbeat, client: Client
) -> None:
    message_id = uuid4()
    async with running(consumer(bus, store, heartbeat).run()):
        first = await ask(client, partner(1), message_id, "hash")
    async with running(consumer(bus, store, heartbeat).run()):
        assert await ask(client, partner(1), message_id, "hash") == first
        other = await ask(client, partner(2), message_id, "other hash")
    assert codes([first, other]) == [None, "request.idempotency_conflict"]
    assert [row.position for row in store.after(0, 10)] == [first.position]


async def test_a_taken_name_refuses_one_command_of_many(
    bus: Bus, store: PostgresEventStore, heartbeat: Heartbeat, client: Client
) -> None:
    """All are queued before anybody decides, so they make one batch."""
    taken = partner(9, admin=new_user(user_id=UUID(int=99), email="admin-3@example.com"))
    commands = [*(partner(n) for n in range(1, 8)), taken]
    waiting = [asyncio.ensure_future(ask(client, command)) for command in commands]
    await until(lambda: queued(bus, len(commands)))
    async with running(consumer(bus, store, heartbeat).run()):
        answers = await asyncio.gather(*waiting)
    assert codes(answers) == [None] * 7 + ["conflict.email_taken"]
    assert len(store.after(0, 100)) == 7


async def queued(bus: Bus, count: int) -> bool:
    return (await bus.js.stream_info("COMMANDS")).state.messages == count


async def test_what_is_no_command_becomes_a_dead_letter(
    bus: Bus, store: PostgresEventStore, heartbeat: Heartbeat, client: Client
) -> None:
    unknown = sealed(partner(1)).model_copy(update={"type": "tenancy.partner.forget"})
    subject = subjects.command(unknown.type, PLATFORM, "partner-1")
    payload = unknown.model_dump_json().encode()
    for body in (payload, b"not json", b"[1]"):
        await bus.js.publish(subject, body)
    async with running(consumer(bus, store, heartbeat).run()):
        letters = await until(lambda: letters_when(bus, 3))
        assert (await ask(client, partner(2))).status == "accepted"
    assert [letter.payload for letter in letters] == [payload, b"not json", b"[1]"]
    first = await dead_letters.get(bus.js, letters[0].id)
    assert first == letters[0]
    assert (letters[0].consumer, letters[0].subject) == ("commands", subject)
    assert letters[0].error == "KeyError: 'tenancy.partner.forget'"
    assert await dead_letters.get(bus.js, 99) is None


async def letters_when(bus: Bus, count: int) -> list[DeadLetter]:
    letters = await dead_letters.listing(bus.js)
    return letters if len(letters) == count else []


async def test_a_defect_stops_its_own_command_only(
    bus: Bus, store: PostgresEventStore, heartbeat: Heartbeat, client: Client
) -> None:
    defect = Defective()
    waiting = [asyncio.ensure_future(ask(client, partner(n))) for n in (1, 2)]
    bug = asyncio.ensure_future(ask(client, partner(3, name="Bug")))
    await until(lambda: queued(bus, 3))
    async with running(consumer(bus, store, heartbeat, defect).run()):
        assert codes(await asyncio.gather(*waiting)) == [None, None]
        letter = await one_letter(bus)
        assert letter.error == "ZeroDivisionError: a defect"
        assert not store.streams({f"partner-{UUID(int=3)}": 0})

        defect.repaired = True
        await dead_letters.retry(bus.nc, bus.js, letter)
        await until(lambda: stored(store, f"partner-{UUID(int=3)}"))
        assert await dead_letters.listing(bus.js) == []
    bug.cancel()


async def stored(store: PostgresEventStore, stream: str) -> int:
    return len(await asyncio.to_thread(store.streams, {stream: 0}))


async def test_a_command_retried_in_vain_is_buried_again(
    bus: Bus, store: PostgresEventStore, heartbeat: Heartbeat
) -> None:
    defective = partner(3, name="Bug")
    subject = subjects.command(CreatePartner.type_name, PLATFORM, defective.stream_id)
    await bus.js.publish(subject, sealed(defective).model_dump_json().encode())
    async with running(consumer(bus, store, heartbeat, Defective()).run()):
        first = await one_letter(bus)
        await dead_letters.retry(bus.nc, bus.js, first)
        second = await one_letter(bus)
    assert second.id > first.id
    assert second.payload == first.payload
