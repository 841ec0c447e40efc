"""What a trigger hands to the runs it starts: JSON whose texts are templates over the occurrence."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import accumulate
from json import JSONEncoder
from typing import Any

from contexts.templates import MalformedTemplate, TemplateError, Values, fill, references
from schemas.authoring.triggers import OFFERED, TriggerKind
from schemas.envelope import Problem

MAX_INPUTS_BYTES = 240 * 1024
"""With what a call brings, at most 256 KB, they stand in one event."""


class Unfilled(Exception):
    """The occurrence does not bring what the templates ask for."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def filled(inputs: Mapping[str, Any], values: Values) -> dict[str, Any]:
    found = {name: filled_input(name, template, values) for name, template in inputs.items()}
    if too_large(found):
        message = f"the inputs are larger than {MAX_INPUTS_BYTES} bytes as JSON"
        raise Unfilled(Problem(code="authoring.inputs_too_large", message=message, path="definition.inputs"))
    return found


def too_large(value: Any) -> bool:
    """Counted piece by piece: a few references to one large value could fill the memory."""
    sizes = accumulate(len(piece) for piece in JSONEncoder().iterencode(value))
    return any(size > MAX_INPUTS_BYTES for size in sizes)


def filled_input(name: str, template: Any, values: Values) -> Any:
    try:
        return fill(template, values)
    except TemplateError as error:
        path = f"definition.inputs.{name}"
        raise Unfilled(Problem(code="authoring.input_unfilled", message=str(error), path=path)) from error


def offered(payload: Any, at: datetime) -> Values:
    """What templates name as `inputs.<name>`; an ended run's output and id stand in its payload."""
    known = {"time": at.isoformat(), "payload": payload}
    of_run = payload if isinstance(payload, Mapping) else {}
    run = {name: of_run[name] for name in ("output", "execution_id") if name in of_run}
    return Values({**run, **known}, {})


def template_problems(kind: TriggerKind, inputs: Mapping[str, Any]) -> Iterator[Problem]:
    for name, template in inputs.items():
        for path, text in texts(f"definition.inputs.{name}", template):
            yield from text_problems(kind, path, text)


def texts(path: str, template: Any) -> Iterator[tuple[str, str]]:
    match template:
        case str():
            yield path, template
        case Mapping():
            for key, item in template.items():
                yield from texts(f"{path}.{key}", item)
        case list() | tuple():
            for index, item in enumerate(template):
                yield from texts(f"{path}.{index}", item)


def text_problems(kind: TriggerKind, path: str, text: str) -> Iterator[Problem]:
    try:
        found = references(text)
    except MalformedTemplate as error:
        yield Problem(code="authoring.malformed_template", message=str(error), path=path)
        return
    for reference in found:
        if reference.root != "inputs" or reference.name not in OFFERED[kind]:
            names = ", ".join(f"inputs.{name}" for name in sorted(OFFERED[kind]))
            message = f"a {kind} trigger has no {reference}: there is {names}"
            yield Problem(code="authoring.unknown_reference", message=message, path=path)
