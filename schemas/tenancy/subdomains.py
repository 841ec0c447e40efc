"""Names under our domain: how one is told from another, and when it is free for others again."""

from datetime import timedelta

from schemas.base import Claim, TenantId

QUARANTINE = timedelta(days=30)
"""Links to a name that was given up lead to nobody so long, rather than to a stranger at once."""

ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "-": ""})
PAIRS = (("rn", "m"), ("vv", "w"))


def looks(name: str) -> str:
    """The same for names people take for one another."""
    plain = name.translate(ALIKE)
    for pair, alike in PAIRS:
        plain = plain.replace(pair, alike)
    return plain


def claim(name: str, tenant_id: TenantId) -> Claim:
    """A name is taken with all that look like it."""
    return Claim("subdomain", looks(name), f"tenant-{tenant_id}")
