"""The name of a ledger entry's event: `ledger-<tenant>-<month>@<version>`."""

import re
from uuid import UUID

REF = re.compile(r"ledger-([0-9a-f-]{36})-([0-9]{4}-(?:0[1-9]|1[0-2]))@([1-9][0-9]{0,17})")


def parsed(ref: str) -> tuple[UUID, str, int] | None:
    """Its tenant, month and version; None when it names no entry."""
    found = REF.fullmatch(ref)
    if found is None:
        return None
    try:
        return UUID(found[1]), found[2], int(found[3])
    except ValueError:
        return None
