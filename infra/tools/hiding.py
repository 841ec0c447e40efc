"""What a tool tells must not tell our secrets: a server may send back what it was sent."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

HIDDEN = "***"


class Hiding:
    """Replaces the given values, and the usual ways of writing them, wherever they stand in a text."""

    def __init__(self, values: Iterable[str]) -> None:
        written = {way for value in values if value for way in ways_of_writing(value)}
        self._written = sorted(written, key=len, reverse=True)

    def text(self, text: str) -> str:
        for written in self._written:
            text = text.replace(written, HIDDEN)
        return text

    def json(self, value: Any) -> Any:
        if not self._written:
            return value
        match value:
            case str():
                return self.text(value)
            case Mapping():
                return {self.text(key): self.json(item) for key, item in value.items()}
            case list() | tuple():
                return [self.json(item) for item in value]
        return value


def ways_of_writing(value: str) -> set[str]:
    return {value, quote(value), quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1]}
