from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from contexts.execution.effects.use_tool import LOST, OVERDUE, outcome_unknown, use_tool
from schemas.authoring.tools import ToolPin
from schemas.base import TenantId
from schemas.execution.commands import CompleteStep, FailStep
from schemas.execution.events import ToolRequested
from schemas.execution.tool_error import ToolError
from schemas.execution.types import BuiltinRequest, StepError, ToolRequest
from tests.support.builders import NOW, TENANT_ID, recorded

RUN = UUID(int=9)


@dataclass
class Ports:
    """The ports, and the one tool behind them."""

    says: Any = None
    now: datetime = NOW
    asked: list[tuple[TenantId, ToolRequest, float]] = field(default_factory=list)

    @property
    def tools(self) -> "Ports":
        return self

    def wall_clock(self) -> datetime:
        return self.now

    async def run(self, tenant_id: TenantId, request: ToolRequest, timeout_seconds: float) -> Any:
        self.asked.append((tenant_id, request, timeout_seconds))
        if isinstance(self.says, ToolError):
            raise self.says
        return self.says


def requested(safe: bool = False) -> ToolRequested:
    return ToolRequested(
        execution_id=RUN,
        node="look",
        attempt=2,
        tool=ToolPin(name="lookup", hash="abc"),
        request=BuiltinRequest(name="echo", arguments={"a": 1}),
        safe=safe,
        timeout_seconds=12,
        due_at=NOW + timedelta(seconds=60),
    )


def failed(error: StepError) -> FailStep:
    return FailStep(execution_id=RUN, node="look", attempt=2, error=error)


async def test_what_the_tool_says_is_the_steps_output() -> None:
    event, ports = requested(), Ports({"total": 3})
    told = await use_tool(event, recorded(event), ports)
    assert told == [CompleteStep(execution_id=RUN, node="look", attempt=2, output={"total": 3})]
    assert ports.asked == [(TENANT_ID, event.request, 12)]


async def test_how_the_tool_fails_is_told_as_it_is() -> None:
    event = requested()
    error = ToolError(
        "tool.rate_limited", "Later.", retryable=True, retry_after=3, error_class="rate_limited"
    )
    expected = StepError(
        code="tool.rate_limited",
        message="Later.",
        retryable=True,
        retry_after=3,
        error_class="rate_limited",
    )
    assert await use_tool(event, recorded(event), Ports(error)) == [failed(expected)]


@pytest.mark.parametrize("safe", [True, False])
async def test_a_lost_outcome_is_tried_again_only_where_that_is_safe(safe: bool) -> None:
    event = requested(safe)
    error = ToolError("tool.timeout", "No answer.", retryable=True, lost=True, error_class="timeout")
    (told,) = await use_tool(event, recorded(event), Ports(error))
    assert isinstance(told, FailStep)
    assert (told.error.lost, told.error.retryable) == (True, safe)


async def test_a_tool_whose_time_has_passed_is_not_used() -> None:
    event = requested()
    ports = Ports(now=event.due_at)
    assert await use_tool(event, recorded(event), ports) == [failed(OVERDUE)]
    assert ports.asked == []


def test_after_a_crash_a_safe_tool_is_used_again_and_another_is_reported() -> None:
    assert outcome_unknown(requested(safe=True), recorded(requested())) is None
    assert outcome_unknown(requested(), recorded(requested())) == [failed(LOST)]
    assert (LOST.lost, LOST.retryable, LOST.code) == (True, False, "execution.outcome_unknown")
