"""Sends cases to the edge, in process, as everybody."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

import requests
import schemathesis
from schemathesis import Response
from schemathesis.core.result import Ok

from api.app import assemble
from tests.api.world import QUICK
from tests.fuzz.cases import Operation, Sent, cases_of
from tests.fuzz.checks import problems_with
from tests.fuzz.people import WHO, Stage

MOST_SECONDS = 5.0
"""An answer that has not come by then will not."""


class Finding(NamedTuple):
    who: str
    operation: str
    kind: str
    problem: str
    again: str
    """The request, as a curl command."""


@dataclass
class Outcome:
    operations: int = 0
    cases: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, dict[int, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    cut_short: bool = False

    def note(self, who: str, status: int | None) -> None:
        self.cases[who] = self.cases.get(who, 0) + 1
        of_status = self.statuses.setdefault(who, {})
        if status is not None:
            of_status[status] = of_status.get(status, 0) + 1


@dataclass(frozen=True)
class Plan:
    """`path`: only operations whose path has this in it."""

    examples: int = 2
    seed: int = 1
    who: Sequence[str] = WHO
    path: str = ""
    seconds: float = 600.0


def operations(path: str) -> list[Operation]:
    app = assemble(QUICK)
    schema = schemathesis.openapi.from_dict(app.openapi())
    schema.app = app
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    assert len(found) == len(list(schema.get_all_operations())), "an operation of the document cannot be read"
    return [operation for operation in found if path in operation.path]


def fuzz(plan: Plan, found: Sequence[Operation], outcome: Outcome) -> Iterator[Operation]:
    """Tells each operation that is done. What stands below one first word is about one world."""
    until = time.monotonic() + plan.seconds
    for _, together in groupby(sorted(found, key=first_word), key=first_word):
        stage: Stage | None = None
        for operation in together:
            if time.monotonic() > until:
                outcome.cut_short = True
                return
            stage = stage or asyncio.run(Stage.on(operation.app))
            ask_all(plan, stage, operation, outcome)
            yield operation


def first_word(operation: Operation) -> str:
    return operation.path.split("/")[1]


def ask_all(plan: Plan, stage: Stage, operation: Operation, outcome: Outcome) -> None:
    outcome.operations += 1
    for sent in cases_of(operation, plan.examples, plan.seed, stage.ids):
        for who in plan.who:
            ask(stage, who, sent, outcome)


def ask(stage: Stage, who: str, sent: Sent, outcome: Outcome) -> None:
    headers = stage.headers(who)
    response = answer_to(sent, headers)
    outcome.note(who, response.status_code if response else None)
    problems = problems_with(sent, response, headers) if response else [f"no end in {MOST_SECONDS} s"]
    for problem in problems:
        again = sent.case.as_curl_command(base_url="http://test")[:1000]
        outcome.findings.append(Finding(who, sent.case.operation.label, sent.kind, problem, again))


def answer_to(sent: Sent, headers: dict[str, str]) -> Response | None:
    try:
        return sent.case.call(headers=headers, timeout=MOST_SECONDS)
    except requests.Timeout:
        return None
