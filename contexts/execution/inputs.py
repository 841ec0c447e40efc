"""A run's inputs against what its definition declares."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from contexts.json_types import fits
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.parts import InputSpec
from schemas.envelope import Problem

MAX_INPUT_BYTES = 128 * 1024


def problems(definition: WorkflowDefinition, inputs: Mapping[str, Any]) -> list[Problem]:
    """Everything wrong with the inputs, each with its field."""
    declared = definition.inputs
    found = [
        problem("execution.unknown_input", name, "is not an input") for name in inputs if name not in declared
    ]
    for name, spec in declared.items():
        found.extend(input_problems(name, spec, inputs))
    if size(inputs) > MAX_INPUT_BYTES:
        found.append(problem("execution.inputs_too_large", "", f"exceed {MAX_INPUT_BYTES} bytes"))
    return found


def input_problems(name: str, spec: InputSpec, inputs: Mapping[str, Any]) -> Iterator[Problem]:
    if name not in inputs:
        if spec.required and spec.default is None:
            yield problem("execution.missing_input", name, "is required")
    elif not fits(spec.type, inputs[name]):
        yield problem("execution.wrong_input_type", name, f"must be of type {spec.type}")


def size(inputs: Mapping[str, Any]) -> int:
    """As UTF-8, as they are stored: a text in another script is not six times as long."""
    return len(json.dumps(inputs, ensure_ascii=False).encode(errors="surrogatepass"))


def complete(definition: WorkflowDefinition, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs with the declared defaults filled in."""
    defaults = {name: spec.default for name, spec in definition.inputs.items()}
    return {**defaults, **inputs}


def problem(code: str, name: str, message: str) -> Problem:
    path = f"inputs.{name}" if name else "inputs"
    return Problem(code=code, message=f"{path} {message}", path=path)
