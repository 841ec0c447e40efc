"""Another's id in a body gets the answer of an id that nobody has, whatever the role."""

from uuid import uuid4

import pytest

from schemas.access import Role
from tests.api.matrix.bodies import DECIDED, Place, places, told
from tests.api.matrix.cells import BEYOND, Neighbours, Whose, reach_of
from tests.api.world import World

HERE = [place for place in places() if place[:2] not in DECIDED]
OTHERS: tuple[Whose, ...] = ("stranger",)


def beyond(role: Role, place: Place) -> tuple[Whose, ...]:
    """Who sees everything still finds no tenant's user in another tenant."""
    return BEYOND[reach_of(role)] or (OTHERS if place.wanted == "user_id" else ())


@pytest.mark.parametrize("place", HERE, ids=lambda place: " ".join(place))
async def test_anothers_id_is_nobodys(world: World, place: Place) -> None:
    neighbours = await Neighbours(world).make()
    for role in Role:
        async with world.client(neighbours.user(role)) as client:
            nobodys = await told(client, place, neighbours.ids("own"), str(uuid4()))
            for whose in beyond(role, place):
                theirs = neighbours.ids(whose)[place.wanted]
                answer = await told(client, place, neighbours.ids("own"), theirs)
                assert answer[0] >= 400, f"{role} with an id of the {whose}'s"
                assert answer == nobodys, f"{role} with an id of the {whose}'s"


def test_every_id_in_a_body_is_tried() -> None:
    assert {place[:2] for place in places()} >= DECIDED
    assert len(HERE) >= 5
