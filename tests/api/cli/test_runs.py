"""`hb executions` and `hb approvals` on a real Postgres."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner

from api.cli import look, steering
from api.cli.app import app
from api.cli.errors import Refused
from api.rows.runs import ExecutionRow
from bus.prepare import prepare
from infra.settings import Settings
from schemas.base import Command, Event
from schemas.execution import commands as c
from schemas.execution.bundle import RunBundle
from schemas.execution.types import ForkRef
from tests.projections import runs, stories
from tests.projections.world import PARTNER, TENANT, World
from tests.support.servers import FreshDatabase


@pytest.fixture(scope="module")
async def database(fresh_database: FreshDatabase) -> str:
    url = fresh_database("hb_runs")
    await prepare(url)
    return url


@dataclass
class Hb:
    world: World

    async def told(self, id_: UUID, *events: Event) -> UUID:
        await self.world.given(self.world.record(f"execution-{id_}", stories.started(id_), *events))
        return id_

    async def __call__(self, *arguments: Any) -> str:
        """In a thread, because a command has a loop of its own."""
        given = [str(argument) for argument in arguments]
        said = await asyncio.to_thread(CliRunner().invoke, app, given, catch_exceptions=False)
        assert said.exit_code == 0, said.output
        return said.output


@pytest.fixture
async def hb(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hb]:
    monkeypatch.setenv("HB_DATABASE_URL", database)
    monkeypatch.setenv("HB_NATS_URL", "nats://127.0.0.1:1")
    monkeypatch.setattr(look.out, "_width", 200)
    async with World(database) as world:
        await world.clear()
        yield Hb(world)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The orders that would go to the bus: tenant, partner, command."""
    orders: list[Any] = []

    async def send(settings: Settings, row: ExecutionRow, command: Command) -> None:
        orders.append((row.tenant_id, row.partner_id, command))

    monkeypatch.setattr(steering, "send", send)
    return orders


async def test_runs_are_listed_with_why_they_wait(hb: Hb) -> None:
    id_ = uuid4()
    done = await hb.told(id_, runs.cancelled(id_))
    assert str(done) in await hb("executions", "list")
    waiting = uuid4()
    await hb.world.given(hb.world.record(f"execution-{waiting}", runs.queued(waiting)))
    listed = await hb("executions", "list", "--status", "queued")
    assert str(waiting) in listed and str(done) not in listed
    assert "2 of 2 of its tenant run already" in listed
    with pytest.raises(Refused, match="no status lost"):
        await hb("executions", "list", "--status", "lost")


async def test_a_run_is_drawn_step_by_step(hb: Hb) -> None:
    id_ = uuid4()
    calls = [runs.asks_model(id_, "ask"), runs.model_answered(id_, "ask"), runs.done(id_, "ask")]
    await hb.told(id_, *calls, runs.waits(id_, "paid"))
    charge = stories.settled(stories.call(id_, "ask"))
    await hb.world.given(hb.world.record(stories.ledger(), charge))
    drawn = await hb("executions", "timeline", id_)
    [ask] = [line for line in drawn.splitlines() if line.startswith("ask")]
    assert "llm" in ask and "succeeded" in ask and "█" in ask and "$0.12" in ask
    [paid] = [line for line in drawn.splitlines() if line.startswith("paid")]
    assert "waiting" in paid
    assert "2 steps, 1 calls, 17 tokens" in drawn
    shown = await hb("executions", "show", id_)
    assert "Greet v1" in shown and "cost $0.10" in shown
    with pytest.raises(Refused, match="there is no run"):
        await hb("executions", "show", uuid4())


async def test_what_each_attempt_was_given_is_shown_when_asked_for(hb: Hb) -> None:
    id_ = uuid4()
    asked = [runs.asks_model(id_, "ask"), runs.model_answered(id_, "ask"), runs.done(id_, "ask", "Hello you")]
    await hb.told(id_, *asked, runs.done(id_, "pure", {"n": 1}))
    await hb.world.store()
    plain, told = [await hb("executions", "timeline", id_, *more) for more in ((), ("--values",))]
    assert '"content": "Hi"' in told and '"Hello you"' in told and '{"n": 1}' in told
    assert "Hello you" not in plain


async def test_a_run_is_taken_along_as_json_once_it_has_ended(hb: Hb, tmp_path: Path) -> None:
    id_ = uuid4()
    await hb.told(id_, runs.scheduled(id_, "a"), runs.done(id_, "a"), runs.cancelled(id_))
    await hb.world.store()
    file = tmp_path / "run.json"
    await hb("executions", "bundle", id_, "--out", file)
    bundle = RunBundle.model_validate_json(file.read_text())
    assert (bundle.source, bundle.inputs) == (stories.WORKFLOW, {"who": "Ada"})
    assert bundle.outcome.status == "cancelled"
    assert json.loads(await hb("executions", "bundle", id_)) == json.loads(file.read_text())
    with pytest.raises(Refused, match="there is no execution-"):
        await hb("executions", "bundle", uuid4())


async def test_what_people_are_asked_is_listed(hb: Hb) -> None:
    assert "nobody is asked anything" in await hb("approvals", "list")
    id_ = uuid4()
    asked = [runs.asked(id_, "boss", "ada@x.example"), runs.asked(id_, "done")]
    await hb.told(id_, *asked, runs.answered(id_, "done"))
    listed = await hb("approvals", "list")
    assert "boss" in listed and "ada@x.example" in listed and "May we?" in listed
    assert "answered" not in listed
    assert "answered" in await hb("approvals", "list", "--all")


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        ("cancel {} --reason enough", lambda id_: c.CancelExecution(execution_id=id_, reason="enough")),
        ("terminate {}", lambda id_: c.TerminateExecution(execution_id=id_)),
        ("pause {}", lambda id_: c.PauseExecution(execution_id=id_)),
        ("resume {}", lambda id_: c.ResumeExecution(execution_id=id_)),
        (
            "signal {} paid --payload [1]",
            lambda id_: c.DeliverSignal(execution_id=id_, name="paid", payload=[1]),
        ),
    ],
)
async def test_a_run_is_steered_in_its_tenants_name(
    hb: Hb, sent: list[Any], arguments: str, command: Callable[[UUID], Command]
) -> None:
    id_ = await hb.told(uuid4())
    assert str(id_) in await hb("executions", *arguments.format(id_).split())
    assert sent == [(TENANT, PARTNER, command(id_))]


async def test_a_run_is_forked_with_other_inputs(hb: Hb, sent: list[Any]) -> None:
    id_ = await hb.told(uuid4())
    said = await hb("executions", "fork", id_, "--from", "b", "--inputs", '{"who": "Bo"}')
    [(_, _, command)] = sent
    assert (command.fork, command.source) == (ForkRef(execution_id=id_, from_node="b"), stories.WORKFLOW)
    assert command.inputs == {"who": "Bo"}
    assert str(command.execution_id) in said
    for wrong in ("{", "[1]"):
        with pytest.raises(Refused, match="JSON"):
            await hb("executions", "fork", id_, "--inputs", wrong)


async def test_an_approval_is_answered(hb: Hb, sent: list[Any]) -> None:
    id_ = await hb.told(uuid4())
    await hb("approvals", "answer", id_, "each[0].q", "--reject", "--data-json", '{"why": "no"}')
    [(_, _, command)] = sent
    assert command == c.AnswerApproval(execution_id=id_, node="each[0].q", approved=False, data={"why": "no"})


async def test_orders_to_a_run_nobody_knows_go_nowhere(hb: Hb, sent: list[Any]) -> None:
    with pytest.raises(Refused, match="there is no run"):
        await hb("executions", "cancel", uuid4())
    assert sent == []
