"""An entry to take along: one line of JSON, its views opened for whoever gets it.

An open view is its salt and its text; a closed one is the hash that stands for it in the leaf.
"""

import base64
from typing import Any, Literal, NamedTuple

from pydantic_core import from_json, to_json

from infra.audit.canonical import commitment, leaf_data, parsed_data, position_of, salts, views
from infra.audit.merkle import leaf_hash

ViewName = Literal["tenant", "partner", "platform"]
NAMES: tuple[ViewName, ...] = ("tenant", "partner", "platform")


class BadLine(ValueError):
    """Not a line of a ledger."""


class Line(NamedTuple):
    seq: int
    head: bytes
    views: dict[str, dict[str, str]]

    @property
    def position(self) -> int:
        return position_of(self.head)

    @property
    def leaf(self) -> bytes:
        return leaf_hash(leaf_data(self.head, b"".join(map(committed, self.views.values()))))

    def opened(self, name: ViewName) -> dict[str, Any] | None:
        """What a view says; None: it is closed."""
        text = self.views[name].get("text")
        return None if text is None else parsed_data(text.encode())


def line(seq: int, head: bytes, data: bytes, key: bytes, *open_: ViewName) -> Line:
    found = views(data, parsed_data(data))
    return Line(
        seq,
        head,
        {
            name: {"salt": salt.hex(), "text": text.decode()}
            if name in open_
            else {"hash": commitment(salt, text).hex()}
            for name, salt, text in zip(NAMES, salts(key, position_of(head)), found, strict=True)
        },
    )


def committed(view: dict[str, str]) -> bytes:
    if "hash" in view:
        return bytes.fromhex(view["hash"])
    return commitment(bytes.fromhex(view["salt"]), view["text"].encode())


def fields(one: Line, **more: Any) -> dict[str, Any]:
    return {"seq": one.seq, "head": base64.b64encode(one.head).decode(), **one.views, **more}


def dumped(one: Line, **more: Any) -> bytes:
    return to_json(fields(one, **more)) + b"\n"


def loaded(text: bytes) -> Line:
    try:
        found = from_json(text)
        if any({"salt", "text"} != found[name].keys() != {"hash"} for name in NAMES):
            raise BadLine("not a line of a ledger: a view is neither open nor closed")
        opened: dict[str, dict[str, str]] = {name: found[name] for name in NAMES}
        return Line(found["seq"], base64.b64decode(found["head"], validate=True), opened)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadLine(f"not a line of a ledger: {error}") from error
