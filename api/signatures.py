"""Is a call from who knows the secret? Four ways to sign with HMAC-SHA256, checked in constant time."""

import base64
import binascii
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemas.authoring.triggers import HmacHeader, WebhookSettings

MOST_CANDIDATES = 10
"""Signatures one call may carry, while a secret is exchanged for another."""

Headers = Mapping[str, str]

GITHUB = HmacHeader(header="X-Hub-Signature-256", prefix="sha256=")
DELIVERY_ID = {"github": "X-GitHub-Delivery", "standard": "Webhook-Id"}
STANDARD_PREFIX = "whsec_"


@dataclass(frozen=True, slots=True)
class Signed:
    """What the caller says: which text was signed, and with what result. `sent_at`: seconds since 1970."""

    text: bytes
    candidates: tuple[bytes, ...]
    sent_at: str | None = None


def verified(settings: WebhookSettings, secret: str, headers: Headers, body: bytes, now: float) -> bool:
    """All candidates are compared, whatever the first ones say."""
    signed = signed_by(settings, headers, body)
    expected = hmac.digest(key_of(settings, secret), signed.text, "sha256")
    matches = [hmac.compare_digest(expected, candidate) for candidate in signed.candidates[:MOST_CANDIDATES]]
    return any(matches) and fresh(signed.sent_at, now, settings.tolerance_seconds)


def signed_by(settings: WebhookSettings, headers: Headers, body: bytes) -> Signed:
    match settings.preset:
        case "github":
            return plain(GITHUB, headers, body)
        case "stripe":
            return stripe(headers.get("Stripe-Signature", ""), body)
        case "standard":
            return standard(headers, body)
    return plain(settings.signature, headers, body)


def plain(how: HmacHeader, headers: Headers, body: bytes) -> Signed:
    given = headers.get(how.header, "")
    value = given.removeprefix(how.prefix) if given.startswith(how.prefix) else ""
    candidates = tuple(unhexed(value) if how.encoding == "hex" else unbased(value))
    if how.timestamp_header is None:
        return Signed(body, candidates)
    sent_at = headers.get(how.timestamp_header, "")
    return Signed(b"%b.%b" % (sent_at.encode(), body), candidates, sent_at)


def stripe(header: str, body: bytes) -> Signed:
    """`t=1492774577,v1=5257a869…,v1=…`"""
    pairs = [pair.strip().partition("=") for pair in header.split(",")]
    sent_at = next((value for name, _, value in pairs if name == "t"), "")
    candidates = tuple(found for name, _, value in pairs if name == "v1" for found in unhexed(value))
    return Signed(b"%b.%b" % (sent_at.encode(), body), candidates, sent_at)


def standard(headers: Headers, body: bytes) -> Signed:
    """Standard Webhooks: `v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4= v1,…`"""
    message_id, sent_at = headers.get("Webhook-Id", ""), headers.get("Webhook-Timestamp", "")
    pairs = [pair.partition(",") for pair in headers.get("Webhook-Signature", "").split()]
    candidates = tuple(found for version, _, value in pairs if version == "v1" for found in unbased(value))
    return Signed(b"%b.%b.%b" % (message_id.encode(), sent_at.encode(), body), candidates, sent_at)


def key_of(settings: WebhookSettings, secret: str) -> bytes:
    """Standard Webhooks write the key as base64 after `whsec_`."""
    if settings.preset == "standard":
        return next(unbased(secret.removeprefix(STANDARD_PREFIX)), secret.encode())
    return secret.encode()


def fresh(sent_at: str | None, now: float, tolerance: float) -> bool:
    if sent_at is None:
        return True
    return sent_at.isascii() and sent_at.isdigit() and abs(now - int(sent_at[:12])) <= tolerance


def unhexed(text: str) -> Iterator[bytes]:
    try:
        yield bytes.fromhex(text)
    except ValueError:
        return


def unbased(text: str) -> Iterator[bytes]:
    try:
        yield base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return
