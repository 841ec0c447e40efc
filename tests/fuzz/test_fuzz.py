"""A short run, and that a run finds what it is there to find."""

from typing import Any

import pytest
from fastapi import FastAPI

from tests.api.world import World
from tests.fuzz.run import Finding, Outcome, Plan, fuzz, operations


def found_by(plan: Plan) -> Outcome:
    outcome = Outcome()
    for _ in fuzz(plan, operations(plan.path), outcome):
        pass
    return outcome


def test_nobody_gets_what_the_document_does_not_say() -> None:
    """`./justw fuzz` asks for more."""
    plan = Plan(examples=1)
    outcome = found_by(plan)
    assert outcome.operations == len(operations(""))
    assert set(outcome.cases) == set(plan.who)
    assert outcome.findings == [], f"seed {plan.seed}"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """One route fails."""
    build = World.build

    def with_bugs(world: World) -> FastAPI:
        async def explode(*_: Any) -> None:
            raise RuntimeError("a bug")

        world.reads.agents = explode  # type: ignore[assignment,method-assign]
        return build(world)

    monkeypatch.setattr(World, "build", with_bugs)


def test_a_bug_is_found_and_told_with_its_request(broken: None) -> None:
    outcome = found_by(Plan(examples=1, who=["tenant_admin"], path="/agents"))
    findings = [found for found in outcome.findings if found.operation == "GET /agents"]
    assert findings
    assert all(isinstance(found, Finding) and found.problem.startswith("500") for found in findings)
    assert "curl" in findings[0].again


def test_the_same_seed_sends_the_same() -> None:
    plan = Plan(examples=3, who=["tenant_admin"], path="/simulate", seed=7)
    assert found_by(plan).statuses == found_by(plan).statuses
