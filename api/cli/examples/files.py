"""The worked examples: what is in their files."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from infra.embedded.scripted_model import Saying
from infra.errors import SetupError

FOLDER = Path(__file__).parents[3] / "docs" / "examples"
Model = Literal["local", "scripted"]


class NoSuchExample(SetupError):
    def __init__(self, name: str) -> None:
        super().__init__(f"there is no example {name!r}.", f"There are: {', '.join(names())}.")


class Answer(BaseModel):
    """What a person says to a step that asks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    approved: bool
    data: dict[str, Any] = {}


class Example(BaseModel):
    """`workflow`, `tools` and `trigger` are what the API takes. `inputs` start a run; with a webhook,
    `payload` is what the caller sends. `output` is what comes of `model_says`.

    `world`: what a small HTTP server at `$WORLD` answers, by path, to who brings one of the `secrets`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    about: str
    model: Model = "local"
    secrets: tuple[str, ...] = ()
    tools: dict[str, dict[str, Any]] = {}
    mcp_servers: dict[str, tuple[str, ...]] = {}
    world: dict[str, Any] = {}
    workflow: dict[str, Any]
    trigger: dict[str, Any] | None = None
    inputs: dict[str, Any] = {}
    payload: Any = None
    people: dict[str, Answer] = {}
    model_says: tuple[Saying, ...] = ()
    output: Any


def names() -> list[str]:
    return sorted(file.stem for file in FOLDER.glob("*.json"))


def load(name: str, world: str = "http://localhost") -> Example:
    """`world` is put in the place of `$WORLD`."""
    if name not in names():
        raise NoSuchExample(name)
    text = (FOLDER / f"{name}.json").read_text()
    return Example.model_validate_json(
        placed(text, {"$WORLD": world, "$PYTHON": sys.executable, "$HERE": str(FOLDER)})
    )


def placed(text: str, values: Mapping[str, str]) -> str:
    """The JSON with values in the place of names, as texts inside its texts."""
    for name, value in values.items():
        text = text.replace(name, json.dumps(value)[1:-1])
    return text


def node_kinds(graph: Mapping[str, Any]) -> dict[str, str]:
    """Node types by id, of bodies too."""
    found: dict[str, str] = {}
    for node in graph["nodes"]:
        found[node["id"]] = node["type"]
        found |= node_kinds(node["body"]) if "body" in node else {}
    return found


def longest_path(graph: Mapping[str, Any]) -> int:
    """How long the paths of steps get, insides included."""
    return max(len(path) for node in graph["nodes"] for path in paths(node))


def paths(node: Mapping[str, Any]) -> list[str]:
    id_ = node["id"]
    if "body" in node:
        return [f"{id_}[0].{inner}" for one in node["body"]["nodes"] for inner in paths(one)]
    if "definition" in node:
        return [f"{id_}[1].{use['tool']}_0" for use in node["definition"].get("tools", ())] or [f"{id_}[1]"]
    return [id_]
