from uuid import UUID, uuid4

import httpx2
import pytest

from schemas.envelope import Problem, Refusal
from tests.api.test_tenancy import PARTNER, TENANT
from tests.api.world import AGENT, World, problem

KEY = {"Idempotency-Key": "k1"}


async def test_a_retry_gets_the_first_answer_and_the_same_ids(world: World, anna: httpx2.AsyncClient) -> None:
    first = await anna.post("/agents", json=AGENT, headers=KEY)
    again = await anna.post("/agents", json=AGENT, headers=KEY)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert len(world.reads.agents_of) == 1
    one, two = world.bus.sent
    assert (one.message_id, one.input_hash) == (two.message_id, two.input_hash)


async def test_without_a_key_every_request_is_new(world: World, anna: httpx2.AsyncClient) -> None:
    ids = {(await anna.post("/agents", json=AGENT)).json()["id"] for _ in range(2)}
    assert len(ids) == 2


async def test_the_same_key_for_another_body_is_a_conflict(anna: httpx2.AsyncClient) -> None:
    await anna.post("/agents", json=AGENT, headers=KEY)
    response = await anna.post("/agents", json={**AGENT, "name": "Other"}, headers=KEY)
    problem(response, 409, "request.idempotency_conflict")


async def test_keys_of_different_people_and_routes_never_meet(
    world: World, anna: httpx2.AsyncClient, reseller: httpx2.AsyncClient
) -> None:
    agents = [await world.make("/agents", AGENT) for _ in range(2)]
    world.bus.sent.clear()
    for agent_id in agents:
        await anna.post(f"/agents/{agent_id}/execute", json={"message": "x"}, headers=KEY)
    async with world.client(world.zoe) as zoe:
        await zoe.post("/agents", json=AGENT, headers=KEY)
    await anna.post("/agents", json=AGENT, headers=KEY)
    await reseller.post(f"/partners/{world.partner}/tenants", json=TENANT, headers=KEY)
    async with world.client(world.rival) as rival:
        body = {**TENANT, "subdomain": "gamma"}
        await rival.post(f"/partners/{world.other_partner}/tenants", json=body, headers=KEY)
    assert len({sent.message_id for sent in world.bus.sent}) == 6


async def test_a_body_with_a_password_is_not_hashed_in_the_clear(
    world: World, admin: httpx2.AsyncClient
) -> None:
    """A plain hash of a body with a password would be a fast way to test guesses."""
    from hashlib import sha256

    response = await admin.post("/partners", json=PARTNER)
    raw = response.request.content
    plain = {sha256(raw).hexdigest(), sha256(b"POST /partners\0" + raw).hexdigest()}
    assert world.bus.sent[0].input_hash not in plain


async def test_an_empty_or_endless_key_is_refused(anna: httpx2.AsyncClient) -> None:
    for key in ("", "x" * 256):
        response = await anna.post("/agents", json=AGENT, headers={"Idempotency-Key": key})
        told = problem(response, 422, "request.invalid")
        assert told["problems"][0]["path"] == "header.Idempotency-Key"


KINDS = {
    "invalid": 400,
    "payment_required": 402,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "gone": 410,
}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_refusal_is_a_problem(world: World, anna: httpx2.AsyncClient, kind: str) -> None:
    wrong = Problem(code="cycle", message="a needs b needs a", path="edges", node="a")
    world.bus.refusal = Refusal.model_validate(
        {"code": "some.rule", "kind": kind, "detail": "So it is.", "problems": (wrong,)}
    )
    told = problem(await anna.post("/agents", json=AGENT), KINDS[kind], "some.rule")
    assert told["detail"] == "So it is."
    assert told["problems"] == [wrong.model_dump()]


async def test_an_answer_that_takes_long_can_be_asked_for(world: World, anna: httpx2.AsyncClient) -> None:
    world.bus.slow = True
    response = await anna.post("/agents", json=AGENT, headers=KEY)
    told = response.json()
    assert response.status_code == 202
    assert response.headers["location"] == f"/commands/{told['command_id']}"
    assert (told["status"], told["position"]) == ("pending", None)
    asked = (await anna.get(response.headers["location"])).json()
    assert asked == {
        "id": told["command_id"],
        "status": "accepted",
        "stream": f"agent-{told['id']}",
        "position": 1,
        "problem": None,
    }


@pytest.mark.parametrize("path", ["/agents", "/workflows"])
async def test_a_slow_run_still_has_its_id(world: World, anna: httpx2.AsyncClient, path: str) -> None:
    world.bus.slow = True
    body: dict[str, object] = {"message": "x"} if path == "/agents" else {"inputs": {}}
    told = (await anna.post(f"{path}/{uuid4()}/execute", json=body)).json()
    assert told["links"]["self"] == f"/executions/{UUID(told['job_id'])}"


async def test_every_slow_command_is_pending(
    world: World, admin: httpx2.AsyncClient, reseller: httpx2.AsyncClient, anna: httpx2.AsyncClient
) -> None:
    world.bus.slow = True
    for client, path, body in (
        (admin, "/partners", PARTNER),
        (reseller, f"/partners/{world.partner}/tenants", TENANT),
        (reseller, f"/tenants/{world.tenant}/suspend", {"reason": "x"}),
        (anna, f"/workflows/{uuid4()}/publish", None),
    ):
        response = await client.post(path, json=body)
        assert (response.status_code, response.json()["status"]) == (202, "pending")


async def test_a_refused_command_tells_its_problem_later(world: World, anna: httpx2.AsyncClient) -> None:
    world.bus.refusal = Refusal(code="some.rule", kind="conflict", detail="No.")
    problem(await anna.post("/agents", json=AGENT), 409, "some.rule")
    command_id = world.bus.sent[0].message_id
    told = (await anna.get(f"/commands/{command_id}")).json()
    assert told["status"] == "rejected"
    assert (told["problem"]["status"], told["problem"]["code"]) == (409, "some.rule")


async def test_an_answer_is_for_those_who_may_see_it(world: World, anna: httpx2.AsyncClient) -> None:
    await anna.post("/agents", json=AGENT)
    place = f"/commands/{world.bus.sent[0].message_id}"
    assert (await anna.get(place)).status_code == 200
    async with world.client(world.zoe) as zoe:
        problem(await zoe.get(place), 404, "command.not_answered")


async def test_without_a_bus_nothing_is_promised(world: World, anna: httpx2.AsyncClient) -> None:
    world.bus.down = True
    response = await anna.post("/agents", json=AGENT)
    problem(response, 503, "bus.unavailable")
    assert response.headers["retry-after"] == "1"
    assert "nats" not in response.text


async def test_the_trace_goes_on_in_the_envelope(world: World, anna: httpx2.AsyncClient) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await anna.post("/agents", json=AGENT, headers={"traceparent": trace})
    carried = world.bus.sent[0].traceparent
    assert carried is not None
    assert carried.split("-")[1] == trace.split("-")[1]
