"""A tool's use: arguments checked, request built, secrets still unnamed values."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from contexts.execution.calls import OVERDUE
from contexts.execution.paths import Place
from contexts.execution.problems import StepProblem
from contexts.execution.run import Run
from contexts.execution.tool_requests import argument_problems, build, is_safe
from contexts.hashes import content_hash
from schemas.authoring.tools import ToolPin
from schemas.execution.events import ToolRequested


def request_tool(
    run: Run, place: Place, name: str, arguments: Mapping[str, Any], timeout_seconds: float, attempt: int
) -> None:
    tool = run.release.tools[name]
    if found := argument_problems(tool, arguments):
        raise StepProblem("execution.invalid_arguments", f"tool {name!r}: {'; '.join(found)}")
    run.record(
        ToolRequested(
            execution_id=run.id,
            node=str(place),
            attempt=attempt,
            tool=ToolPin(name=name, hash=content_hash(tool)),
            request=build(tool, arguments),
            safe=is_safe(tool),
            timeout_seconds=timeout_seconds,
            due_at=run.now + timedelta(seconds=timeout_seconds) + OVERDUE,
        )
    )
