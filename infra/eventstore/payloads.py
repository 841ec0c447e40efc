"""Large values stand beside their events, not in them: a short text marks the place.

No text of a user is taken for a marker: one that begins like it is stored beside the event itself.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, get_origin

from pydantic_core import from_json, to_json

from infra.eventstore.types import Payload, PayloadKind, Place, Row
from schemas.base import Event

LARGE_BYTES = 32 * 1024
PART_BYTES = 1024
"""Of a large event's structures with a form of their own, such as a request, texts above this are taken."""

MAX_EVENT_BYTES = 512 * 1024
PREFIX = "hb:payload:"
SIGN = PREFIX.encode()
MARKER = re.compile(PREFIX + r"([0-9a-f]{64}):(\d+):([tj])")

Found = dict[str, Payload]
Fetch = Callable[[Collection[Place]], Mapping[Place, bytes]]


class Slim(NamedTuple):
    """An event's data without its large values, and these."""

    data: bytes
    payloads: Collection[Payload]

    @property
    def size(self) -> int:
        return len(self.data) + sum(len(payload.content) for payload in self.payloads)


def month_of(moment: datetime) -> date:
    return moment.astimezone(UTC).date().replace(day=1)


def externalise(event: Event) -> Slim:
    """Most events are small and stay as they are."""
    data = event.model_dump_json().encode()
    if len(data) <= LARGE_BYTES and SIGN not in data:
        return Slim(data, ())
    found: Found = {}
    fields: dict[str, Any] = from_json(data)
    slim = {name: field_taken(type(event), name, value, found) for name, value in fields.items()}
    return Slim(to_json(slim), found.values())


def field_taken(event: type[Event], name: str, value: Any, found: Found) -> Any:
    if name not in event.payloads:
        return texts_taken(value, found)
    annotation = event.model_fields[name].annotation
    if get_origin(annotation) is dict:
        return {key: value_taken(item, found) for key, item in value.items()}
    return value_taken(value, found) if annotation is Any else texts_taken(value, found, PART_BYTES)


def value_taken(value: Any, found: Found) -> Any:
    """As a whole when it is large; else the texts in it."""
    if not isinstance(value, str):
        content = to_json(value)
        if len(content) > LARGE_BYTES:
            return taken(content, "j", found)
    return texts_taken(value, found)


def texts_taken(value: Any, found: Found, least: int = LARGE_BYTES) -> Any:
    def changed(text: str) -> str:
        large = len(text) * 4 > least and len(text.encode()) > least
        return taken(text.encode(), "t", found) if large or text.startswith(PREFIX) else text

    return each_text(value, changed)


def taken(content: bytes, kind: PayloadKind, found: Found) -> str:
    name = hashlib.sha256(content).hexdigest()
    found[name] = Payload(name, kind, content)
    return f"{PREFIX}{name}:{len(content)}:{kind}"


def markers(value: Any) -> Iterator[str]:
    """The hashes of the payloads a value lacks."""
    match value:
        case str():
            if marker := MARKER.fullmatch(value):
                yield marker[1]
        case dict():
            for item in value.values():
                yield from markers(item)
        case list():
            for item in value:
                yield from markers(item)


def restore(value: Any, contents: Mapping[str, bytes]) -> Any:
    """The value as it was. A marker whose payload is gone stays as it is."""

    def changed(text: str) -> Any:
        marker = MARKER.fullmatch(text)
        if marker is None or marker[1] not in contents:
            return text
        content = contents[marker[1]]
        return content.decode() if marker[3] == "t" else from_json(content)

    return each_text(value, changed)


def each_text(value: Any, changed: Callable[[str], Any]) -> Any:
    """The same JSON with every text changed; keys stay."""
    match value:
        case str():
            return changed(value)
        case dict():
            return {key: each_text(item, changed) for key, item in value.items()}
        case list():
            return [each_text(item, changed) for item in value]
    return value


def whole(rows: Sequence[Row], fetch: Fetch) -> Sequence[Row]:
    """Rows with their payloads; nothing is fetched when none has any."""
    slim = {n: from_json(row.data) for n, row in enumerate(rows) if SIGN in row.data}
    places = {n: places_of(rows[n], data) for n, data in slim.items()}
    wanted = {place for found in places.values() for place in found}
    if not wanted:
        return rows
    fetched = fetch(wanted)
    made = list(rows)
    for n, data in slim.items():
        contents = {place.hash: fetched[place] for place in places[n] if place in fetched}
        made[n] = rows[n]._replace(data=to_json(restore(data, contents)))
    return made


def places_of(row: Row, data: Any) -> set[Place]:
    month = month_of(row.recorded_at)
    return {Place(row.tenant_id, month, name) for name in markers(data)}
