"""One attempt to sign in, from when the browser leaves for the provider until it comes back, once."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Annotated
from urllib.parse import parse_qsl

from pydantic import Field

from infra.oidc.errors import OidcError
from schemas.base import UserId, Value

MINUTES = 10
LIFETIME = timedelta(minutes=MINUTES)
Secret = Annotated[str, Field(repr=False)]
LOCAL_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")
FOR_PROGRAM = re.compile(r"[A-Za-z0-9_-]{43}\.([1-9]\d{3,4})")
HIGHEST_PORT = 65_535
LONGEST_QUERY = 8192
LONGEST_PATH = 2000


class RoundTrip(Value):
    """What the vault keeps of it, sealed, under `key_of(state)`, to be taken out once.

    `browser` is the hash of a secret that only that browser's cookie has. `link_to`: who was signed in
    already, and links the identity by hand.
    """

    provider: str
    state: Secret
    nonce: Secret
    verifier: Secret
    browser: str
    redirect_uri: str
    redirect_to: str
    begun_at: datetime
    link_to: UserId | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """What the browser brings back in the query."""

    state: str
    code: str | None = None
    issuer: str | None = None
    error: str | None = None


def state_of(secret: str, port: int | None) -> str:
    """`port`: where a program waits, on the browser's machine. The browser brings it back in the state."""
    return secret if port is None else f"{secret}.{port}"


def port_in(state: str) -> int | None:
    found = FOR_PROGRAM.fullmatch(state)
    port = int(found[1]) if found else None
    return port if port is not None and port <= HIGHEST_PORT else None


def key_of(state: str) -> str:
    """The state itself is not kept in clear."""
    return sha256(state.encode()).hexdigest()


def browser_of(cookie: str) -> str:
    return sha256(b"browser:" + cookie.encode()).hexdigest()


def local_path(path: str) -> str:
    """A page of ours, and no other address that a browser would take for one."""
    if len(path) > LONGEST_PATH or not LOCAL_PATH.fullmatch(path):
        raise OidcError("oidc.redirect_refused")
    return path


def returned(query: str) -> Returned:
    """Of a query in which nothing stands twice."""
    if len(query) > LONGEST_QUERY:
        raise OidcError("oidc.response_malformed")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True, max_num_fields=20)
    except ValueError:
        raise OidcError("oidc.response_malformed") from None
    found = dict(pairs)
    if len(found) != len(pairs) or not found.get("state") or not (found.get("code") or found.get("error")):
        raise OidcError("oidc.response_malformed")
    return Returned(found["state"], found.get("code"), found.get("iss"), found.get("error"))


def check_return(
    back: Returned, trip: RoundTrip | None, provider: str, cookie: str | None, now: datetime
) -> RoundTrip:
    """The attempt it belongs to; or it is told what does not fit."""
    if trip is None:
        raise OidcError("oidc.state_unknown")
    if not same(back.state, trip.state):
        raise OidcError("oidc.state_mismatch")
    if provider != trip.provider:
        raise OidcError("oidc.provider_mismatch")
    if cookie is None or not same(browser_of(cookie), trip.browser):
        raise OidcError("oidc.other_browser")
    if now - trip.begun_at > LIFETIME:
        raise OidcError("oidc.state_expired")
    return trip


def check_issuer(back: Returned, issuers: frozenset[str], announced: bool) -> None:
    """RFC 9207: a provider that says it names itself always does, when it refuses too."""
    missing = announced and back.issuer is None
    if missing or (back.issuer is not None and back.issuer not in issuers):
        raise OidcError("oidc.issuer_mismatch")


def code_of(back: Returned) -> str:
    if back.error is not None:
        raise OidcError("oidc.denied" if back.error == "access_denied" else "oidc.provider_refused")
    if not back.code:
        raise OidcError("oidc.response_malformed")
    return back.code


def same(given: str, known: str) -> bool:
    return compare_digest(given.encode(), known.encode())
