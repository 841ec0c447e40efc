"""Whether a password was in a data breach, asked without telling which one (the HIBP range protocol).

Five digits of its SHA-1 are sent; all hashes that begin with them come back, and some that do not exist.
"""

from dataclasses import dataclass
from hashlib import sha1
from typing import Protocol

import httpx2

from infra.outbound import Outbound, OutboundRefused

PREFIX_CHARS = 5
SECONDS = 2.0
HEADERS = ((b"Add-Padding", b"true"),)


@dataclass(frozen=True, slots=True)
class Checked:
    """`unchecked`: nobody answered, so the password was taken without. Worth recording."""

    breached: bool = False
    unchecked: bool = False


class BreachCheck(Protocol):
    async def __call__(self, password: str) -> Checked: ...


async def not_asked(password: str) -> Checked:
    """A BreachCheck that is turned off."""
    return Checked()


class RangeCheck:
    """A BreachCheck. `url`: what the five digits are added to, as `https://api.pwnedpasswords.com/range/`."""

    def __init__(self, outbound: Outbound, url: str, seconds: float = SECONDS) -> None:
        self._outbound, self._url, self._seconds = outbound, url.rstrip("/"), seconds

    async def __call__(self, password: str) -> Checked:
        digest = sha1(password.encode(errors="surrogatepass"), usedforsecurity=False).hexdigest().upper()
        prefix, rest = digest[:PREFIX_CHARS], digest[PREFIX_CHARS:]
        try:
            answer = await self._outbound.send("GET", f"{self._url}/{prefix}", self._seconds, HEADERS)
        except (OutboundRefused, httpx2.HTTPError, httpx2.InvalidURL, TimeoutError):
            return Checked(unchecked=True)
        if answer.status != 200:
            return Checked(unchecked=True)
        return Checked(breached=rest in seen(answer.body.decode("ascii", errors="replace")))


def seen(body: str) -> set[str]:
    """Of lines `SUFFIX:COUNT`, those that were seen. Padding was seen no times."""
    pairs = (line.strip().partition(":") for line in body.splitlines())
    return {suffix.upper() for suffix, _, count in pairs if count.strip().isdecimal() and int(count) > 0}


def breach_check(outbound: Outbound, url: str | None) -> BreachCheck:
    return RangeCheck(outbound, url) if url else not_asked
