from typing import Any

import pytest

from contexts.identity.registry import REGISTRY
from schemas.access import Role
from schemas.identity.events import UserRegistered
from tests.support.builders import PARTNER_ID, TENANT_ID, register_user
from tests.support.spec import Spec

given = Spec(REGISTRY).given

PLACES: dict[Role, dict[str, Any]] = {
    Role.APP_ADMIN: {"partner_id": None, "tenant_id": None},
    Role.PARTNER_ADMIN: {"partner_id": PARTNER_ID, "tenant_id": None},
    Role.TENANT_ADMIN: {"partner_id": PARTNER_ID, "tenant_id": TENANT_ID},
}


def registered(**changes: object) -> UserRegistered:
    return UserRegistered(**dict(register_user(**changes)))


def test_a_new_user_is_registered() -> None:
    given().when(register_user()).then(registered())


def test_the_same_user_again_says_nothing() -> None:
    given(registered()).when(register_user()).nothing()


def test_other_details_under_the_same_id_are_a_conflict() -> None:
    given(registered()).when(register_user(name="Grace")).refused("identity.user_exists")


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("home", Role)
def test_a_role_is_registered_only_in_its_place(role: Role, home: Role) -> None:
    outcome = given().when(register_user(role=role, **PLACES[home]))
    if role == home:
        outcome.then(registered(role=role, **PLACES[home]))
    else:
        outcome.refused("identity.role_does_not_fit")
