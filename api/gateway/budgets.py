"""How many requests a minute, of whom, of which kind: one table, and how settings change it."""

import re
from collections.abc import Mapping
from typing import Literal, get_args

from api.gateway.kinds import Kind
from infra.errors import SetupError

Who = Literal["ip", "key", "user", "tenant", "partner"]
Budgets = Mapping[tuple[Who, Kind], int]

TABLE: Mapping[Who, tuple[int, int, int, int, int]] = {
    "ip": (60, 6_000, 3_000, 300, 6_000),
    "key": (0, 6_000, 3_000, 120, 0),
    "user": (60, 3_000, 1_200, 120, 0),
    "tenant": (600, 30_000, 12_000, 600, 0),
    "partner": (3_000, 120_000, 60_000, 3_000, 0),
}
"""Columns as in Kind: sign-in, read, write, stream, hook. 0: not counted."""

DEFAULTS: Budgets = {
    (who, kind): amount
    for who, amounts in TABLE.items()
    for kind, amount in zip(Kind, amounts, strict=True)
    if amount
}
KINDS = tuple(kind.value for kind in Kind)
CHANGE = re.compile(r"([a-z]+)\.([a-z_]+)\s*=\s*(\d{1,9})")


def budgets(text: str | None) -> Budgets:
    """`user.write=300, ip.sign_in=0`: what is named is changed, 0 is no limit. `off`: none at all."""
    if text is not None and text.strip() == "off":
        return {}
    found = dict(DEFAULTS)
    for part in filter(None, map(str.strip, (text or "").split(","))):
        who, kind, amount = change(part)
        found[who, kind] = amount
    return {name: amount for name, amount in found.items() if amount}


def change(part: str) -> tuple[Who, Kind, int]:
    match = CHANGE.fullmatch(part)
    if match is None or match[1] not in get_args(Who) or match[2] not in KINDS:
        kinds = f"who is one of {', '.join(get_args(Who))}, which one of X"
        raise SetupError(f"HB_RATE_LIMITS has {part!r}.", f"Say `who.which=number`: {kinds}.")
    return match[1], Kind(match[2]), int(match[3])  # type: ignore[return-value]
