"""An entry to take along: one line of JSON, its envelopes opened for whoever gets it.

An open envelope is its salt and its text; a closed one is the hash that stands for it in the leaf.
"""

import base64
from typing import Any, Literal, NamedTuple

from pydantic_core import from_json, to_json

from infra.audit.canonical import commitment, envelopes, leaf_data, parsed_data, position_of, salts
from infra.audit.merkle import leaf_hash

EnvelopeName = Literal["tenant", "partner", "platform"]
NAMES: tuple[EnvelopeName, ...] = ("tenant", "partner", "platform")


class BadLine(ValueError):
    """Not a line of a ledger."""


class Line(NamedTuple):
    seq: int
    head: bytes
    envelopes: dict[str, dict[str, str]]

    @property
    def position(self) -> int:
        return position_of(self.head)

    @property
    def leaf(self) -> bytes:
        return leaf_hash(leaf_data(self.head, b"".join(map(committed, self.envelopes.values()))))

    def opened(self, name: EnvelopeName) -> dict[str, Any] | None:
        """What an envelope says; None: it is closed."""
        text = self.envelopes[name].get("text")
        return None if text is None else parsed_data(text.encode())


def line(seq: int, head: bytes, data: bytes, key: bytes, *open_: EnvelopeName) -> Line:
    found = envelopes(data, parsed_data(data))
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


def committed(envelope: dict[str, str]) -> bytes:
    if "hash" in envelope:
        return bytes.fromhex(envelope["hash"])
    return commitment(bytes.fromhex(envelope["salt"]), envelope["text"].encode())


def fields(one: Line, **more: Any) -> dict[str, Any]:
    return {"seq": one.seq, "head": base64.b64encode(one.head).decode(), **one.envelopes, **more}


def dumped(one: Line, **more: Any) -> bytes:
    return to_json(fields(one, **more)) + b"\n"


def loaded(text: bytes) -> Line:
    try:
        found = from_json(text)
        if any({"salt", "text"} != found[name].keys() != {"hash"} for name in NAMES):
            raise BadLine("not a line of a ledger: an envelope is neither open nor closed")
        opened: dict[str, dict[str, str]] = {name: found[name] for name in NAMES}
        return Line(found["seq"], base64.b64decode(found["head"], validate=True), opened)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadLine(f"not a line of a ledger: {error}") from error
