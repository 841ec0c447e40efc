import httpx2

from api.payloads import shown
from infra.eventstore.payloads import externalise, restore
from infra.eventstore.types import Payload
from tests.api.world import World, problem
from tests.infra.test_payloads import data_of, succeeded

NAME = "ab" * 32


async def test_a_large_text_is_served_as_text(world: World, anna: httpx2.AsyncClient) -> None:
    world.reads.payloads.append((world.tenant, Payload(NAME, "t", "é".encode())))
    response = await anna.get(f"/payloads/{NAME}")
    assert (response.status_code, response.text) == (200, "é")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_other_values_are_served_as_json(world: World, anna: httpx2.AsyncClient) -> None:
    world.reads.payloads.append((world.tenant, Payload(NAME, "j", b'{"a":[1]}')))
    response = await anna.get(f"/payloads/{NAME}")
    assert response.headers["content-type"] == "application/json"
    assert response.json() == {"a": [1]}


async def test_what_is_not_there_has_a_stable_code(anna: httpx2.AsyncClient) -> None:
    problem(await anna.get(f"/payloads/{NAME}"), 404, "payload.not_found")
    problem(await anna.get("/payloads/anything"), 404, "payload.not_found")


def test_an_answer_says_where_the_large_value_is() -> None:
    slim = externalise(succeeded("x" * 40_000))
    [payload] = slim.payloads
    place = {"hash": payload.hash, "bytes": 40_000, "href": f"/payloads/{payload.hash}"}
    assert shown({"a": [data_of(slim)["output"]]}) == {"a": [{"$payload": place}]}


def test_what_a_user_wrote_to_look_like_one_leads_to_their_own_text() -> None:
    forged = f"hb:payload:{NAME}:1:t"
    slim = externalise(succeeded(forged))
    [payload] = slim.payloads
    output = data_of(slim)["output"]
    assert shown(output)["$payload"]["hash"] == payload.hash != NAME
    assert restore(output, {payload.hash: payload.content}) == forged
