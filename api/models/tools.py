from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, SecretStr

from api.bodies import Body
from api.models.common import NOW, example
from schemas.authoring.tools import ToolDefinition

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
TOOL: dict[str, Any] = {
    "type": "http",
    "description": "Looks up an order by its number.",
    "method": "GET",
    "url": "https://shop.example/orders/{{ arguments.number }}",
    "parameters": {
        "type": "object",
        "properties": {"number": {"type": "string"}},
        "required": ["number"],
    },
}
SHOWN: dict[str, Any] = {
    "name": "find_order",
    "definition": TOOL,
    "hash": HASH,
    "deprecated": False,
    "created_at": NOW,
    "updated_at": NOW,
}
LISTED = {"name": "SHOP_KEY", "fingerprint": "1f3c9a02", "created_at": NOW, "updated_at": NOW}


class SetToolBody(Body):
    model_config = example(definition=TOOL)

    definition: ToolDefinition


class SetSecretBody(Body):
    """The value is encrypted before anything else is done with it, and never shown again."""

    model_config = example(value="a long random text")

    value: Annotated[SecretStr, Field(min_length=4, max_length=8_000)]


class Tool(BaseModel):
    model_config = example(**SHOWN)

    name: str
    definition: ToolDefinition
    hash: str
    deprecated: bool
    created_at: datetime
    updated_at: datetime


class ToolPage(BaseModel):
    model_config = example(items=[SHOWN], next_cursor=None)

    items: list[Tool]
    next_cursor: str | None


class Secret(BaseModel):
    """`fingerprint` changes with the value: it tells which of two values is set."""

    model_config = example(**LISTED)

    name: str
    fingerprint: str
    created_at: datetime
    updated_at: datetime


class SecretPage(BaseModel):
    model_config = example(items=[LISTED], next_cursor=None)

    items: list[Secret]
    next_cursor: str | None
