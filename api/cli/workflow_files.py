"""`hb workflows export`, `import`, `diff`."""

import json
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from rich.markup import escape

from api.cli.edge import Edge
from api.cli.errors import Refused
from api.cli.look import TICK, out, table
from schemas.authoring.bundle import OnConflict, WorkflowBundle

M = TypeVar("M", bound=BaseModel)
COLOURS = {"added": "good", "removed": "bad", "changed": "warn"}
SHOWN = 60


def export(edge: Edge, workflow: UUID, version: int | None, output: Path | None) -> None:
    asked = {} if version is None else {"version": version}
    bundle = edge.call("GET", f"/bundles/workflows/{workflow}", params=asked)
    text = json.dumps(bundle, indent=2, ensure_ascii=False) + "\n"
    if output is None:
        return print(text, end="")
    output.write_text(text)
    out.print(f"{TICK} {escape(str(output))}: {contents(bundle)}", soft_wrap=True)
    return None


def contents(bundle: dict[str, Any]) -> str:
    kinds = ("subworkflows", "agents", "tools")
    parts = ", ".join(f"{len(bundle[kind])} {kind}" for kind in kinds)
    secrets = ", ".join(bundle["secrets"])
    return f"{parts}; it needs the secrets {secrets}" if secrets else parts


def take_in(edge: Edge, file: Path, on_conflict: OnConflict = "refuse") -> None:
    bundle = read(WorkflowBundle, file)
    asked = {"on_conflict": on_conflict}
    made = edge.call("POST", "/bundles", json=bundle.model_dump(mode="json"), params=asked)
    out.print(f"{TICK} workflow {made['id']} is a draft: publish it when it is right", soft_wrap=True)


def read(model: type[M], file: Path) -> M:
    """Raises Refused when the file holds something else."""
    try:
        return model.model_validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise Refused(f"{file} is no {model.__name__}: {where}: {first['msg']}.", "") from error


def show_diff(edge: Edge, workflow: UUID, old: int | None, new: int) -> None:
    asked = {"to": new} if old is None else {"from": old, "to": new}
    changes = edge.call("GET", f"/workflows/{workflow}/diff", params=asked)["changes"]
    if not changes:
        return out.print("No difference.")
    made = table("", "where", "before", "after")
    for change in changes:
        kind = f"[{COLOURS[change['kind']]}]{change['kind']}[/]"
        made.add_row(kind, escape(change["path"]), short(change["before"]), short(change["after"]))
    return out.print(made)


def short(value: Any) -> str:
    """One line, cut where it gets long."""
    text = "" if value is None else json.dumps(value, ensure_ascii=False)
    return escape(text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…")
