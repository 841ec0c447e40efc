"""What the sealed ledger answers. Hashes are hexadecimal."""

from typing import Any

from pydantic import BaseModel, Field

from api.models.common import example

HASH = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
NOTE = f"hirebuddha.local/ledger\n2\n{'A' * 43}=\n\n— hirebuddha.local/ledger {'A' * 92}\n"
KEY = f"hirebuddha.local/ledger+c74f20a3+{'A' * 44}"
ENTRY = {
    "seq": 1,
    "head": "AAAACAAAAAAAAAAF",
    "tenant": {"salt": HASH[:32], "text": '{"price":"0.000051"}'},
    "partner": {"hash": HASH},
    "platform": {"hash": HASH},
    "proof": [HASH],
}


class EntryProof(BaseModel):
    """An entry in the tree of a checkpoint. The views that are yours are open; the others are hashes."""

    model_config = example(key=KEY, checkpoint=NOTE, entry=ENTRY)

    key: str
    checkpoint: str
    entry: dict[str, Any]


class Key(BaseModel):
    """A public key, as verifiers of signed notes take it, and the sizes of the checkpoints it signs."""

    model_config = example(key=KEY, first=0, last=None)

    key: str
    first: int
    last: int | None


class Keys(BaseModel):
    model_config = example(items=[{"key": KEY, "first": 0, "last": None}])

    items: list[Key]


class Consistency(BaseModel):
    """Proves that the ledger of `to` entries begins with that of `from`."""

    model_config = example(**{"from": 1, "to": 2, "proof": [HASH]})

    old: int = Field(alias="from")
    size: int = Field(alias="to")
    proof: list[str]
