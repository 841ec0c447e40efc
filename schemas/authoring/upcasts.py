"""Old authoring events as today's.

Version 2: a definition's `output` may be any JSON template, where version 1 knew text only; and what is
published is a release: the definition with all it refers to, where version 1 could refer to nothing.
"""

from typing import Any


def unchanged(data: dict[str, Any]) -> dict[str, Any]:
    return data


def published_v1(data: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in data.items() if name != "definition"}
    return {**rest, "release": {"definition": data["definition"]}}


UPCASTS = {
    ("authoring.agent.created", 1): unchanged,
    ("authoring.workflow.created", 1): unchanged,
    ("authoring.workflow.revised", 1): unchanged,
    ("authoring.workflow.published", 1): published_v1,
}
