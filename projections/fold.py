"""Folding a batch of events into the few rows it changes, before anything is written."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

from projections.kernel import Row
from schemas.base import Event
from schemas.envelope import Recorded

Batch = TypeVar("Batch")
Handlers = Mapping[type[Event], Callable[[Batch, Recorded, Any], None]]


class UnknownEvent(TypeError):
    """An event was handed to a projection that has no handler for it."""


def fold(handlers: Handlers[Batch], batch: Batch, events: Sequence[Recorded]) -> Batch:
    for recorded in events:
        handler = handlers.get(type(recorded.event))
        if handler is None:
            raise UnknownEvent(type(recorded.event).type_name)
        handler(batch, recorded, recorded.event)
    return batch


class Rows:
    """Changed rows by key; later fields overwrite earlier ones. `gone` are the keys to delete."""

    def __init__(self) -> None:
        self.rows: dict[Hashable, Row] = {}
        self.gone: dict[Hashable, Row] = {}

    def put(self, key: Hashable, recorded: Recorded, **fields: Any) -> Row:
        row = self.rows.get(key)
        if row is None:
            row = self.rows[key] = common(recorded)
            self.gone.pop(key, None)
        row["updated_at"] = recorded.recorded_at
        row["position"] = recorded.position
        row.update(fields)
        return row

    def remove(self, key: Hashable, recorded: Recorded, **fields: Any) -> None:
        self.rows.pop(key, None)
        self.gone[key] = {"position": recorded.position, **fields}


def common(recorded: Recorded) -> Row:
    """The columns every projection table has."""
    return {
        "tenant_id": recorded.tenant_id,
        "partner_id": recorded.partner_id,
        "created_at": recorded.recorded_at,
        "updated_at": recorded.recorded_at,
        "position": recorded.position,
    }
