"""Tenants' own secrets: each tenant's under keys of its own."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from infra.crypto.secrets import SecretBox, derive
from schemas.base import TenantId

FINGERPRINT_CHARS = 8


@dataclass(frozen=True, slots=True)
class Sealed:
    ciphertext: str
    fingerprint: str


class TenantSecrets:
    """`masters`: the current key first. What one tenant's key sealed, no other tenant's opens."""

    def __init__(self, masters: Sequence[str]) -> None:
        self._masters = tuple(masters)

    def seal(self, tenant_id: TenantId, plain: str) -> Sealed:
        ciphertext = self._box(tenant_id).seal(plain.encode()).decode()
        return Sealed(ciphertext, self._fingerprint(tenant_id, plain))

    def open(self, tenant_id: TenantId, ciphertext: str) -> str:
        """Raises UnreadableSecret."""
        return self._box(tenant_id).open(ciphertext.encode()).decode()

    def _box(self, tenant_id: TenantId) -> SecretBox:
        return SecretBox(self._masters, f"tenant secrets:{tenant_id}")

    def _fingerprint(self, tenant_id: TenantId, plain: str) -> str:
        key = derive(self._masters[0], f"tenant secret fingerprints:{tenant_id}")
        return hmac.digest(key, plain.encode(), "sha256").hex()[:FINGERPRINT_CHARS]
