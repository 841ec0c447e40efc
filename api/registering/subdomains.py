"""Subdomains made of a company's name."""

import re
import unicodedata
from uuid import UUID

LONGEST = 30


def wished(company: str) -> str:
    """Begins with a letter; `team` when nothing of the name can stand in one."""
    plain = unicodedata.normalize("NFKD", company).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).lstrip("-0123456789")[:LONGEST].strip("-")
    return words if len(words) >= 3 else f"{words or 'team'}-hb"


def other(subdomain: str, tenant_id: UUID) -> str:
    """The one to take when the first is taken."""
    return f"{subdomain[:LONGEST].rstrip('-')}-{tenant_id.hex[:6]}"
