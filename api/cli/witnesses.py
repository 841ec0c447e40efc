"""How the ledger's witnesses are: what `hb status` shows of them, and what `hb doctor` asks them."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

from api.cli.reading import Connection, connected
from infra.audit import cosigned, store
from infra.audit.cosigned import Last
from infra.audit.tiles import Tiles
from infra.errors import SetupError
from infra.settings import Settings
from infra.witness.asking import Contradicted, NotCosigned, client, cosignature
from infra.witness.keys import Witness
from infra.witness.places import Place, places

LATE_SECONDS = 60
"""While the ledger grows, a witness is a little behind all the time."""


class Disagrees(SetupError):
    """A witness does not cosign what we show."""


async def seen_by(conn: Connection, settings: Settings, now: float) -> list[tuple[str, bool, str]]:
    """For each witness its name, whether it is well, and how far behind it is."""
    found = [place.witness for place in places(settings.witnesses)]
    stamp = await store.latest(conn)
    last = await cosigned.last(conn, [str(one) for one in found])
    size = stamp.size if stamp else 0
    return [(f"Witness {one.name}", *told(one, at, size, now)) for one, at in zip(found, last, strict=True)]


def told(witness: Witness, last: Last, size: int, now: float) -> tuple[bool, str]:
    if last.size == size:
        return True, f"has cosigned all {size:,} entries"
    if last.size > size:
        return False, f"has cosigned {last.size:,} entries, and there are {size:,}"
    if not last.line:
        return False, "has cosigned nothing yet"
    seconds = witness.told_at(last.line)
    at = datetime.fromtimestamp(seconds, UTC)
    note = f"{size - last.size:,} entries behind, cosigned last at {at:%Y-%m-%d %H:%M:%S} UTC"
    return now - seconds < LATE_SECONDS, note


def agreeing(settings: Settings, database_url: str) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
    return [
        (f"{one.witness.name} cosigns the ledger", partial(agrees, one, database_url))
        for one in places(settings.witnesses)
    ]


async def agrees(place: Place, database_url: str) -> None:
    """Asks it about the latest checkpoint. What it answers is not kept: whoever seals asks for itself."""
    async with connected(database_url) as conn, client() as http:
        stamp = await store.latest(conn)
        if stamp is None:
            return
        [last] = await cosigned.last(conn, [str(place.witness)])
        try:
            await cosignature(http, place, stamp, last.size, Tiles(conn, stamp.size).consistency)
        except Contradicted as error:
            raise Disagrees(
                f"{error}.", "Its owner has both checkpoints. Was the database restored?"
            ) from error
        except NotCosigned as error:
            fix = "Ask its owner whether it runs; compare its key and address with HB_WITNESSES."
            raise Disagrees(f"{error}.", fix) from error
