"""What is sealed of a stored event, to the bit.

The leaf of an entry is made of its head, and of three views that can be opened one by one:

    leaf data = version ‖ head ‖ H(salt₁ ‖ tenant) ‖ H(salt₂ ‖ partner) ‖ H(salt₃ ‖ platform)

`head` is the row without the event's data, as Postgres writes it in binary: for each of the columns HEAD a
length of four bytes (all ones for NULL) and the value. `platform` is the event's data as stored; `tenant` and
`partner` are the parts of it that the tenant and the partner may see.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b, sha256
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import from_json, to_json

HASH_VERSION = b"\x01"
SEALED = "topic LIKE 'billing.%'"
HEAD = (
    *("notification_id", "originator_id", "originator_version", "topic", "type_version"),
    *("tenant_id", "partner_id", "actor", "message_id", "correlation_id", "traceparent", "recorded_at"),
)
ROWS = f"""
COPY (SELECT state, {", ".join(HEAD)} FROM stored_events
    WHERE notification_id > {{above}} AND notification_id <= {{upto}} AND {SEALED}
    ORDER BY notification_id LIMIT {{limit}}) TO STDOUT (FORMAT BINARY)"""
COPY_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
COPY_END = b"\xff\xff"
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
SALT_BYTES = 16

TENANT = frozenset(
    {
        *("about_period", "action", "adjustment_id", "amount", "attempt", "balance", "budget"),
        *("buyer", "by", "call", "charge", "code", "credit_note_id", "currency", "degraded"),
        *("detail", "document_hash", "due", "due_at", "entries", "entry", "expires_at", "held"),
        *("hold", "how", "in_the_way", "invoice_id", "invoice_number", "issued_at", "issuer", "kind"),
        *("left", "level", "lines", "message", "method", "mode", "model", "number", "open"),
        *("paid_at", "partner_id", "payment_id", "period", "posted", "prepaid", "price", "profile"),
        *("provider", "quarantined", "reason", "ref", "reference", "refund_id", "repayment"),
        *("request_ref", "reserved", "residual", "resolve_at", "retryable", "reversal_id", "seller"),
        *("source", "step", "subtotal", "tax", "taxation", "template", "tenant_id", "threshold"),
        *("top_up_id", "total", "until", "usage"),
    }
)
"""What a tenant may see of an event's data. What is not named here, or below, only the platform sees."""

PARTNER = ("commission", "limit", "terms")
"""What a partner may see besides."""

NOTHING = b"{}"


class Views(NamedTuple):
    tenant: bytes
    partner: bytes
    platform: bytes


class Head(NamedTuple):
    position: int
    stream: str
    version: int
    type: str
    type_version: int
    tenant_id: UUID
    partner_id: UUID | None
    actor: str
    message_id: UUID
    correlation_id: UUID
    traceparent: str | None
    recorded_at: datetime


def split(row: bytes) -> tuple[bytes, bytes]:
    """Head and data of a copied row: two bytes count its columns, then comes the data with its length."""
    end = 6 + int.from_bytes(row[2:6], "big")
    return row[end:], row[6:end]


def position_of(head: bytes) -> int:
    return int.from_bytes(head[4:12], "big")


def decoded(head: bytes) -> Head:
    raw: list[bytes | None] = []
    at = 0
    while at < len(head):
        size = int.from_bytes(head[at : at + 4], "big", signed=True)
        at += 4
        raw.append(None if size < 0 else head[at : at + size])
        at += max(size, 0)
    named = zip(HEAD, raw, strict=True)
    values: list[Any] = [None if value is None else READ[name](value) for name, value in named]
    return Head(*values)


def number(value: bytes) -> int:
    return int.from_bytes(value, "big", signed=True)


def uuid(value: bytes) -> UUID:
    return UUID(bytes=value)


def instant(value: bytes) -> datetime:
    return EPOCH + timedelta(microseconds=number(value))


READ: Mapping[str, Any] = {
    **dict.fromkeys(HEAD, bytes.decode),
    **dict.fromkeys(("notification_id", "originator_version", "type_version"), number),
    **dict.fromkeys(("tenant_id", "partner_id", "message_id", "correlation_id"), uuid),
    "recorded_at": instant,
}


def views(data: bytes, parsed: dict[str, Any]) -> Views:
    tenant = {name: value for name, value in parsed.items() if name in TENANT}
    partner = {name: parsed[name] for name in PARTNER if name in parsed}
    return Views(to_json(tenant), to_json(partner) if partner else NOTHING, data)


def salts(key: bytes, position: int) -> tuple[bytes, bytes, bytes]:
    """Keyed: nobody who lacks the key can try values. Apart: one tells nothing of the next."""
    made = blake2b(position.to_bytes(8, "big"), key=key, digest_size=3 * SALT_BYTES).digest()
    return made[:16], made[16:32], made[32:]


def commitment(salt: bytes, view: bytes) -> bytes:
    return sha256(salt + view).digest()


def leaf_data(head: bytes, commitments: bytes) -> bytes:
    return HASH_VERSION + head + commitments


def leaf_of(head: bytes, data: bytes, parsed: dict[str, Any], key: bytes) -> bytes:
    one, two, three = salts(key, position_of(head))
    tenant, partner, platform = views(data, parsed)
    return sha256(
        b"\x00\x01" + head
        + sha256(one + tenant).digest() + sha256(two + partner).digest() + sha256(three + platform).digest()
    ).digest()  # fmt: skip


def chained(previous: bytes, leaf: bytes) -> bytes:
    return sha256(previous + leaf).digest()


CHAIN_START = bytes(32)


def parsed_data(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = from_json(data)
    return found
