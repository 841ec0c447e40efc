import hmac
import time
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from api.hook_secrets import DECOY
from schemas.authoring.triggers import run_of
from schemas.envelope import Refusal
from schemas.registry import command_from
from tests.api.world import HOOK, HOOK_BURST, SECRET, TRIGGER, World, problem

Client = httpx2.AsyncClient
BODY = b'{"order": 4711}'


def signature(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"X-Signature": hmac.digest(secret.encode(), body, "sha256").hex()}


async def call(
    client: Client,
    trigger_id: UUID,
    body: bytes = BODY,
    delivery: str = "d-1",
    signed: dict[str, str] | None = None,
) -> httpx2.Response:
    sent = {"X-Delivery": delivery, **(signature(body) if signed is None else signed)}
    return await client.post(f"/hooks/{trigger_id}", content=body, headers=sent)


@pytest.fixture
async def trigger_id(world: World) -> UUID:
    return await world.make("/triggers", TRIGGER)


async def test_a_signed_call_starts_a_run(world: World, nobody: Client, trigger_id: UUID) -> None:
    response = await call(nobody, trigger_id)
    assert response.status_code == 202
    assert response.json() == {"execution_id": str(run_of(trigger_id, "d-1"))}
    envelope = world.bus.sent[-1]
    assert (envelope.tenant_id, envelope.partner_id) == (world.tenant, world.partner)
    assert str(envelope.actor) == "system:hooks"
    assert command_from(envelope.type, envelope.data).payload == {"order": 4711}  # type: ignore[attr-defined]


async def test_a_delivery_that_comes_again_gets_the_same_answer(
    world: World, nobody: Client, trigger_id: UUID
) -> None:
    first, again = await call(nobody, trigger_id), await call(nobody, trigger_id)
    assert (again.status_code, again.json()) == (202, first.json())
    assert world.bus.sent[-1].message_id == world.bus.sent[-2].message_id
    assert len(world.reads.delivered) == 1
    other = await call(nobody, trigger_id, delivery="d-2")
    assert other.json() != first.json()


async def test_without_an_id_the_body_names_the_delivery(world: World, nobody: Client) -> None:
    definition = {name: value for name, value in HOOK.items() if name != "delivery_id_header"}
    trigger_id = await world.make("/triggers", {**TRIGGER, "definition": definition})
    first, again = await call(nobody, trigger_id), await call(nobody, trigger_id, delivery="d-2")
    assert first.json() == again.json()
    assert (await call(nobody, trigger_id, b'{"order": 4712}')).json() != first.json()


async def test_stripe_names_an_event_in_its_body(world: World, nobody: Client) -> None:
    trigger_id = await world.make(
        "/triggers", {**TRIGGER, "definition": {"type": "webhook", "preset": "stripe", "secret": SECRET}}
    )

    async def sent(body: bytes) -> Any:
        at = int(time.time())
        signed = hmac.digest(SECRET.encode(), b"%d.%b" % (at, body), "sha256").hex()
        return await nobody.post(
            f"/hooks/{trigger_id}", content=body, headers={"Stripe-Signature": f"t={at},v1={signed}"}
        )

    first = await sent(b'{"id": "evt_1", "pending_webhooks": 2}')
    assert first.json() == {"execution_id": str(run_of(trigger_id, "evt_1"))}
    assert (await sent(b'{"id": "evt_1", "pending_webhooks": 1}')).json() == first.json()


async def test_an_id_that_is_no_word_is_hashed(nobody: Client, trigger_id: UUID) -> None:
    for strange in ("a/b", "x" * 500, "../~", "a~b"):
        response = await call(nobody, trigger_id, delivery=strange)
        assert response.status_code == 202
        assert response.json() != {"execution_id": str(run_of(trigger_id, strange))}


async def test_a_wrong_call_and_an_unknown_hook_are_the_same_answer(
    world: World, nobody: Client, trigger_id: UUID
) -> None:
    sent = len(world.bus.sent)
    clock = await world.make(
        "/triggers", {**TRIGGER, "definition": {"type": "cron", "expression": "0 2 * * *"}}
    )
    answers = [
        await call(nobody, trigger_id, signed=signature(BODY, "another secret of theirs")),
        await call(nobody, trigger_id, signed={"X-Signature": ""}),
        await nobody.post(f"/hooks/{trigger_id}", content=BODY),
        await nobody.post(f"/hooks/{trigger_id}", content=b"not json", headers=signature(BODY)),
        await call(nobody, uuid4()),
        await call(nobody, clock),
    ]
    told = [problem(answer, 401, "hook.unauthorized") for answer in answers]
    assert len({one["detail"] for one in told}) == 1
    assert len(world.bus.sent) == sent + 1


async def test_the_decoys_secret_opens_nothing(nobody: Client) -> None:
    problem(await call(nobody, uuid4(), signed=signature(BODY, DECOY)), 401, "hook.unauthorized")


async def test_a_disabled_hook_says_so_to_who_may_know(
    world: World, nobody: Client, anna: Client, trigger_id: UUID
) -> None:
    await anna.post(f"/triggers/{trigger_id}/disable")
    problem(await call(nobody, trigger_id), 409, "authoring.trigger_not_listening")
    problem(await call(nobody, trigger_id, signed={"X-Signature": "00"}), 401, "hook.unauthorized")
    await anna.post(f"/triggers/{trigger_id}/enable")
    assert (await call(nobody, trigger_id)).status_code == 202


async def test_what_is_no_json_is_refused(nobody: Client, trigger_id: UUID) -> None:
    problem(await call(nobody, trigger_id, b"a=1&b=2"), 400, "request.malformed_json")
    problem(await call(nobody, trigger_id, b'{"a": "\\u0000"}'), 422, "request.invalid")
    problem(await call(nobody, trigger_id, b"[" * 10_000), 400, "request.malformed_json")
    assert (await call(nobody, trigger_id, b"")).status_code == 202


async def test_a_call_has_a_largest_size(nobody: Client, trigger_id: UUID) -> None:
    whole = b'"' + b"x" * (256 * 1024 - 2) + b'"'
    assert (await call(nobody, trigger_id, whole)).status_code == 202
    problem(await call(nobody, trigger_id, whole + b" "), 413, "request.too_large")


async def test_only_what_is_committed_is_accepted(world: World, nobody: Client, trigger_id: UUID) -> None:
    world.bus.slow = True
    response = await call(nobody, trigger_id)
    problem(response, 503, "hook.not_answered")
    assert response.headers["Retry-After"]
    world.bus.slow = False
    assert (await call(nobody, trigger_id)).status_code == 202
    assert len(world.reads.delivered) == 1


async def test_a_trigger_takes_so_many_calls_and_no_more(
    world: World, nobody: Client, trigger_id: UUID
) -> None:
    other = await world.make("/triggers", TRIGGER)
    for number in range(HOOK_BURST):
        assert (await call(nobody, trigger_id, delivery=f"d-{number}")).status_code == 202
    response = await call(nobody, trigger_id, delivery="late")
    problem(response, 429, "hook.too_many_calls")
    assert response.headers["Retry-After"] == "1"
    assert (await call(nobody, other)).status_code == 202
    assert len(world.reads.delivered) == HOOK_BURST + 1
    world.seconds += 1
    response = await call(nobody, trigger_id, delivery="late")
    assert response.json() == {"execution_id": str(run_of(trigger_id, "late"))}
    assert len(world.reads.delivered) == HOOK_BURST + 2


async def test_a_call_that_is_not_signed_counts_for_nothing(nobody: Client, trigger_id: UUID) -> None:
    for _ in range(HOOK_BURST * 2):
        problem(await call(nobody, trigger_id, signed={}), 401, "hook.unauthorized")
    assert (await call(nobody, trigger_id)).status_code == 202


async def test_a_refusal_is_told(world: World, nobody: Client, trigger_id: UUID) -> None:
    world.bus.refusal = Refusal(code="authoring.trigger_not_listening", kind="conflict", detail="off")
    problem(await call(nobody, trigger_id), 409, "authoring.trigger_not_listening")
