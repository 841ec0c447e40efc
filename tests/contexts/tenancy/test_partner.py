from contexts.tenancy.registry import REGISTRY
from tests.support.builders import create_partner, partner_created
from tests.support.spec import Spec

given = Spec(REGISTRY).given


def test_a_partner_is_created() -> None:
    given().when(create_partner()).then(partner_created())


def test_the_same_partner_again_says_nothing() -> None:
    given(partner_created()).when(create_partner()).nothing()


def test_a_partner_id_is_used_once() -> None:
    given(partner_created()).when(create_partner(name="Southwind")).refused("tenancy.partner_exists")
