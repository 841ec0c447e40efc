"""How people may register by themselves."""

from dataclasses import dataclass

from api.ports import Box
from infra.identity.breached_passwords import BreachCheck, not_asked
from schemas.base import PartnerId


@dataclass(frozen=True, kw_only=True)
class Registration:
    """`partner_id`: whose tenants they become; without one, the platform's own. `console`: where links in
    letters lead. `box` seals what waits for its address to be verified.
    """

    box: Box
    open: bool = True
    partner_id: PartnerId | None = None
    console: str = "http://localhost:8000"
    check: BreachCheck = not_asked
