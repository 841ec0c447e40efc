"""Whom the ledger asks to cosign its checkpoints, as HB_WITNESSES says it."""

from dataclasses import dataclass

import httpx2

from infra.audit.notes import BadKey
from infra.errors import SetupError
from infra.witness.keys import Witness

MOST = 16


class BadWitnesses(SetupError):
    def __init__(self, message: str) -> None:
        super().__init__(
            f"HB_WITNESSES cannot be used: {message}.",
            "Say each like `example.com/w1+hash+key https://witness.example.com`, with commas between.",
        )


@dataclass(frozen=True, slots=True)
class Place:
    witness: Witness
    url: str


def places(text: str | None) -> list[Place]:
    found = [place(one) for one in (text or "").split(",") if one.strip()]
    if len({one.witness.name for one in found}) != len(found) or len(found) > MOST:
        raise BadWitnesses(f"it names a witness twice, or more than {MOST}")
    return found


def place(text: str) -> Place:
    try:
        key, url = text.split()
        witness, parts = Witness.read(key), httpx2.URL(url)
    except BadKey as error:
        raise BadWitnesses(str(error)) from error
    except (ValueError, httpx2.InvalidURL):
        raise BadWitnesses(f"{text.strip()!r} is not a key and an address") from None
    if parts.scheme not in ("http", "https") or not parts.host or parts.query or parts.fragment:
        raise BadWitnesses(f"{url!r} is no address of a witness")
    return Place(witness, url.rstrip("/"))
