from uuid import UUID

import pytest

from infra.crypto.secrets import UnreadableSecret
from infra.crypto.tenant_secrets import TenantSecrets
from schemas.base import TenantId

ONE, OTHER = TenantId(UUID(int=1)), TenantId(UUID(int=2))


def test_what_is_sealed_for_a_tenant_opens_for_it_alone() -> None:
    box = TenantSecrets(["master"])
    sealed = box.seal(ONE, "pässword")
    assert "pässword" not in sealed.ciphertext
    assert box.open(ONE, sealed.ciphertext) == "pässword"
    for stranger, tenant in ((box, OTHER), (TenantSecrets(["another"]), ONE)):
        with pytest.raises(UnreadableSecret):
            stranger.open(tenant, sealed.ciphertext)


def test_a_new_master_key_opens_what_the_old_one_sealed() -> None:
    sealed = TenantSecrets(["old"]).seal(ONE, "value")
    assert TenantSecrets(["new", "old"]).open(ONE, sealed.ciphertext) == "value"


def test_a_fingerprint_tells_values_apart_within_a_tenant_only() -> None:
    box = TenantSecrets(["master"])
    first, again, changed = (box.seal(ONE, value).fingerprint for value in ("a", "a", "b"))
    assert first == again != changed
    assert len(first) == 8
    assert box.seal(OTHER, "a").fingerprint != first
    assert TenantSecrets(["another"]).seal(ONE, "a").fingerprint != first
