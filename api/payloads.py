"""Large values in answers: what stands for one says where to get it."""

from typing import Any

from infra.eventstore.payloads import MARKER, each_text


def shown(value: Any) -> Any:
    """A JSON value with `{"$payload": {...}}` wherever a large one was taken out."""
    return each_text(value, reference)


def reference(text: str) -> Any:
    marker = MARKER.fullmatch(text)
    if marker is None:
        return text
    return {"$payload": {"hash": marker[1], "bytes": int(marker[2]), "href": f"/payloads/{marker[1]}"}}
