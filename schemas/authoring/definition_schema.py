"""The definition's JSON schema, for editors and whoever writes definitions by hand."""

from functools import lru_cache
from typing import Any

from schemas.authoring.definition import WorkflowDefinition

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@lru_cache(maxsize=1)
def definition_schema() -> dict[str, Any]:
    """Of what is sent. Never changed by whoever gets it."""
    schema = WorkflowDefinition.model_json_schema(mode="validation")
    return {"$schema": DIALECT, **schema, "title": "HireBuddha workflow definition, version 1"}
