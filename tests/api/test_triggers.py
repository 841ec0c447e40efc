from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx2

from api.models.triggers import NIGHTLY
from infra.eventstore.types import Payload
from schemas.authoring.commands import ReplayDelivery
from schemas.authoring.events import TicksSkipped
from schemas.authoring.triggers import run_of
from schemas.envelope import Problem
from schemas.registry import command_from
from tests.api.fakes import NOW
from tests.api.world import HOOK, HOOK_SECRETS, SECRET, TRIGGER, WORKFLOW, World, problem

Client = httpx2.AsyncClient


async def nightly(world: World) -> dict[str, Any]:
    workflow_id = await world.make("/workflows", WORKFLOW)
    return {"name": "Nightly", "workflow_id": str(workflow_id), "version": 1, "definition": NIGHTLY}


async def test_a_clock_is_set_up_and_seen(world: World, anna: Client) -> None:
    body = await nightly(world)
    response = await anna.post("/triggers", json=body)
    assert response.status_code == 201
    told = response.json()
    place = f"/triggers/{told['id']}"
    seen = (await anna.get(place, params={"after": told["position"]})).json()
    assert world.reads.waited == [(("triggers",), told["position"])]
    assert (seen["definition"], seen["version"], seen["hash"]) == (NIGHTLY, 1, "def")
    assert (seen["enabled"], seen["hook"]) == (True, None)
    assert seen["next_tick"]
    assert (await anna.put(place, json={**body, "name": "Later"})).status_code == 200
    assert (await anna.get("/triggers")).json()["items"][0]["name"] == "Later"


async def test_a_secret_is_told_once_and_never_shown(world: World, anna: Client) -> None:
    told = (await anna.post("/triggers", json=TRIGGER)).json()
    [envelope] = world.bus.sent
    ciphertext = envelope.data["definition"]["secret_ciphertext"]
    assert SECRET not in envelope.model_dump_json()
    assert HOOK_SECRETS.open(ciphertext) == SECRET
    place = f"/triggers/{told['id']}"
    for seen in (await anna.get(place), await anna.get("/triggers")):
        assert "secret" not in seen.text
    assert (await anna.get(place)).json()["hook"] == f"/hooks/{told['id']}"
    without = {name: value for name, value in HOOK.items() if name != "secret"}
    assert (await anna.put(place, json={**TRIGGER, "definition": without})).status_code == 200
    assert world.bus.sent[-1].data["definition"]["secret_ciphertext"] is None


async def test_a_short_secret_is_refused_without_telling_it(anna: Client) -> None:
    response = await anna.post("/triggers", json={**TRIGGER, "definition": {**HOOK, "secret": "short!"}})
    told = problem(response, 422, "request.invalid")
    assert [found["path"] for found in told["problems"]] == ["definition.secret"]
    assert "short!" not in response.text


async def test_a_trigger_is_switched_off_and_on(world: World, anna: Client) -> None:
    place = f"/triggers/{await world.make('/triggers', TRIGGER)}"
    for verb, enabled in (("disable", False), ("enable", True)):
        assert (await anna.post(f"{place}/{verb}")).status_code == 200
        assert (await anna.get(place)).json()["enabled"] is enabled


async def test_a_delivery_is_replayed_with_what_it_brought(world: World, anna: Client) -> None:
    trigger_id = await world.make("/triggers", TRIGGER)
    await world.deliver(trigger_id, world.anna, "d-1")
    place = f"/triggers/{trigger_id}/deliveries"
    [seen] = (await anna.get(place)).json()["items"]
    assert (seen["occurrence"], seen["status"]) == ("d-1", "pending")
    assert seen["execution_id"] == str(run_of(trigger_id, "d-1"))
    keyed = {"Idempotency-Key": "k"}
    first = (await anna.post(f"{place}/d-1/replay", headers=keyed)).json()
    assert (await anna.post(f"{place}/d-1/replay", headers=keyed)).json() == first
    command = command_from(world.bus.sent[-1].type, world.bus.sent[-1].data)
    assert isinstance(command, ReplayDelivery)
    assert (command.occurrence, command.at) == ("d-1", NOW)
    assert first["id"] == str(run_of(trigger_id, command.replayed)) != seen["execution_id"]
    assert len((await anna.get(place)).json()["items"]) == 2


async def test_a_delivery_whose_run_was_refused_says_why(world: World, anna: Client) -> None:
    trigger_id = await world.make("/triggers", TRIGGER)
    await world.deliver(trigger_id, world.anna, "d-1")
    why = Problem(code="tenancy.tenant_suspended", message="The tenant is suspended.")
    owner, row = world.reads.delivered.pop()
    world.reads.delivered.append((owner, replace(row, status="refused", problem=why)))
    [seen] = (await anna.get(f"/triggers/{trigger_id}/deliveries")).json()["items"]
    assert (seen["status"], seen["execution_id"]) == ("refused", None)
    assert Problem.model_validate(seen["problem"]) == why
    assert (await anna.post(f"/triggers/{trigger_id}/deliveries/d-1/replay")).status_code == 200


async def test_what_never_came_cannot_be_replayed(world: World, anna: Client) -> None:
    trigger_id = await world.make("/triggers", TRIGGER)
    place = f"/triggers/{trigger_id}/deliveries"
    problem(await anna.post(f"{place}/d-1/replay"), 404, "authoring.delivery_not_found")
    problem(await anna.post(f"{place}/a%20b/replay"), 422, "request.invalid")
    await world.deliver(trigger_id, world.anna, "d-1")
    skipped = TicksSkipped(trigger_id=trigger_id, first=NOW, last=NOW, count=1)
    position = world.reads.log[-1].position
    world.reads.log.pop()
    assert world.reads.record(f"trigger-{trigger_id}", world.tenant, skipped).position == position
    problem(await anna.post(f"{place}/d-1/replay"), 409, "authoring.nothing_to_replay")


async def test_a_reseller_sees_and_changes_nothing(world: World, reseller: Client, anna: Client) -> None:
    place = f"/triggers/{await world.make('/triggers', TRIGGER)}"
    assert (await reseller.get(place)).status_code == 200
    problem(await reseller.post(f"{place}/disable"), 403, "auth.forbidden")
    problem(await reseller.post("/triggers", json=TRIGGER), 403, "auth.forbidden")
    problem(await anna.get(f"/triggers/{uuid4()}/deliveries"), 404, "authoring.trigger_not_found")


async def test_what_no_trigger_can_be_is_refused(anna: Client) -> None:
    for definition in ({}, {"type": "mail"}, {**NIGHTLY, "catch_up": "some"}, {"type": "run"}):
        response = await anna.post("/triggers", json={**TRIGGER, "definition": definition})
        problem(response, 422, "request.invalid")
    response = await anna.post("/triggers", json={**TRIGGER, "workflow_id": str(UUID(int=1)), "version": 0})
    problem(response, 422, "request.invalid")


async def test_a_large_delivery_is_replayed_whole_while_it_is_kept(world: World, anna: Client) -> None:
    trigger_id = await world.make("/triggers", TRIGGER)
    await world.deliver(trigger_id, world.anna, "d-1")
    name, recorded = "ab" * 32, world.reads.log[-1]
    slim = recorded.event.model_copy(update={"payload": {"text": f"hb:payload:{name}:5:t", "n": 1}})
    world.reads.log[-1] = replace(recorded, event=slim)
    place = f"/triggers/{trigger_id}/deliveries/d-1/replay"
    problem(await anna.post(place), 409, "authoring.payload_gone")
    world.reads.payloads.append((world.tenant, Payload(name, "t", b"large")))
    assert (await anna.post(place)).status_code == 200
    assert world.bus.sent[-1].data["payload"] == {"text": "large", "n": 1}
