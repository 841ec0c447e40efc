"""Which keys sign checkpoints of which sizes. A row stands wherever the keys change."""

from collections.abc import Sequence
from typing import NamedTuple

from infra.audit.keys import SealKeys
from infra.audit.store import Connection, Signers

READ = "SELECT first, keys FROM audit_signers ORDER BY first"


class PublishedKey(NamedTuple):
    """Signs checkpoints of `first` entries and more; of `last` at most, when it is retired."""

    key: str
    first: int
    last: int | None = None


async def stored(conn: Connection, keys: SealKeys) -> list[Signers]:
    return whole([Signers(*row) for row in await (await conn.execute(READ)).fetchall()], keys)


def whole(rows: Sequence[Signers], keys: SealKeys) -> list[Signers]:
    """With what is not stored: the first key signs from the beginning."""
    return [Signers(0, [str(keys.verifiers[0])]), *rows]


def at(signers: Sequence[Signers], size: int) -> Sequence[str]:
    return [one.keys for one in signers if one.first <= size][-1]


def published(signers: Sequence[Signers]) -> list[PublishedKey]:
    """Every key there ever was, the oldest first."""
    found: dict[str, PublishedKey] = {}
    for one in signers:
        for key in found.keys() - set(one.keys):
            if found[key].last is None:
                found[key] = found[key]._replace(last=one.first - 1)
        for key in one.keys:
            found.setdefault(key, PublishedKey(key, one.first))
    return list(found.values())
