from typing import Any

from contexts.authoring.registry import REGISTRY
from schemas.authoring.commands import RemoveSecret, SetSecret
from schemas.authoring.events import SecretRemoved, SecretSet
from tests.support.builders import TENANT_ID
from tests.support.spec import Spec

given = Spec(REGISTRY).given
REMOVE = RemoveSecret(tenant_id=TENANT_ID, name="SHOP_KEY")
REMOVED = SecretRemoved(tenant_id=TENANT_ID, name="SHOP_KEY")


def value(ciphertext: str = "gAAA", fingerprint: str = "0123abcd") -> dict[str, Any]:
    named = {"tenant_id": TENANT_ID, "name": "SHOP_KEY"}
    return {**named, "ciphertext": ciphertext, "fingerprint": fingerprint}


def test_a_secret_is_set_and_set_again() -> None:
    given().when(SetSecret(**value())).then(SecretSet(**value()))
    given(SecretSet(**value())).when(SetSecret(**value("gBBB"))).then(SecretSet(**value("gBBB")))


def test_a_secret_is_removed_once() -> None:
    given(SecretSet(**value())).when(REMOVE).then(REMOVED)
    given(SecretSet(**value()), REMOVED).when(REMOVE).nothing()
    given(SecretSet(**value()), REMOVED, SecretSet(**value())).when(REMOVE).then(REMOVED)


def test_what_was_never_set_is_not_removed() -> None:
    given().when(REMOVE).refused("authoring.secret_not_found")
