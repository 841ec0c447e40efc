"""What is sent to an operation: as its schema has it, against it, and its own example."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, GenerationMode
from schemathesis import Case as AnyCase
from schemathesis.core import NOT_SET
from schemathesis.core.parameters import ParameterLocation

from api.submit import KEY_HEADER

Operation = APIOperation[Any, Any, Any, Any]
Case = AnyCase[Operation]
Kind = Literal["example", "fitting", "wrong"]
KINDS: dict[Kind, GenerationMode] = {"fitting": GenerationMode.POSITIVE, "wrong": GenerationMode.NEGATIVE}
ENDLESS = {"follow"}
"""What asks for an answer without end: `tests/api/attacks/test_endless.py` does."""

QUERY = {"from": "1", "to": "1", "permission": "executions:read", "host": "acme.example"}
"""What examples ask for besides known ids."""

IN_EXAMPLES = {"period", "tenant_id", "partner_id", *QUERY}
"""Parameters that cannot be left out, some only by who sees several tenants."""


class Sent(NamedTuple):
    """`known`: it is about things that exist."""

    kind: Kind
    case: Case
    known: bool


def cases_of(operation: Operation, number: int, start: int, ids: Mapping[str, str]) -> Iterator[Sent]:
    yield Sent("example", example_of(operation, ids), True)
    for kind, mode in KINDS.items():
        for index, case in enumerate(generated(operation, mode, number, start)):
            known = kind == "fitting" or index % 2 == 0
            yield Sent(kind, about(case, ids) if known else case, known)


def generated(operation: Operation, mode: GenerationMode, number: int, start: int) -> list[Case]:
    """Less than asked for where there is no more to say, nothing where nothing can be wrong."""
    found: list[Case] = []

    @seed(start)
    @settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def collect(case: Case) -> None:
        if len(found) < number:
            found.append(case)

    try:
        collect()
    except Unsatisfiable:
        return []
    for case in found:
        case.query = {name: value for name, value in case.query.items() if name not in ENDLESS}
    return found


def about(case: Case, ids: Mapping[str, str]) -> Case:
    case.path_parameters.update({name: ids[name] for name in case.path_parameters if name in ids})
    return case


def example_of(operation: Operation, ids: Mapping[str, str]) -> Case:
    """The documented body, about what there is."""
    raw: Mapping[str, Any] = operation.definition.raw
    contents: dict[str, Any] = raw.get("requestBody", {}).get("content", {})
    media_type = next(iter(contents), None)
    names = {(one["in"], one["name"]) for one in raw.get("parameters", ())}
    known: dict[str, Any] = {**QUERY, **ids}
    return operation.Case(
        path_parameters={name: known[name] for place, name in names if place == "path"},
        query={name: known[name] for place, name in names if place == "query" and name in IN_EXAMPLES},
        headers={KEY_HEADER: "an example"} if ("header", KEY_HEADER) in names else {},
        media_type=media_type,
        body=contents[media_type].get("example", NOT_SET) if media_type else NOT_SET,
    )


def wrong_in(case: Case) -> set[ParameterLocation]:
    if case.meta is None:
        return set()
    return {place for place, part in case.meta.components.items() if part.mode.is_negative}
