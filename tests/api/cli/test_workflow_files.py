import json
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from typer.testing import CliRunner

from api.cli import workflow_files
from api.cli.app import app
from api.cli.edge import Edge
from api.cli.errors import Refused
from api.models.versions import BUNDLE, CHANGE
from contexts.execution.recording import bundle_of
from schemas.authoring.bundle import WorkflowBundle
from schemas.authoring.definition import WorkflowDefinition
from tests.support.builders import AGENT_ID, WORKFLOW_ID, llm, text, workflow
from tests.support.harness import Harness
from tests.support.story import RUN, started

GREET = workflow(llm("ask"), text("card", "{{ steps.ask.output }}!"), edges=[("ask", "card")])
GREET = GREET.model_copy(update={"output": "{{ steps.card.output }}"})


class Answers:
    """An API that answers one path, and remembers what it was asked."""

    def __init__(self, status: int, body: Any) -> None:
        self.status, self.body = status, body
        self.asked: list[httpx2.Request] = []

    def edge(self) -> Edge:
        transport = httpx2.MockTransport(self.answer)
        return Edge(lambda: httpx2.Client(transport=transport, base_url="http://api"), "a@x.example", "pw")

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/auth/token":
            return httpx2.Response(200, json={"access_token": "t"})
        self.asked.append(request)
        return httpx2.Response(self.status, json=self.body)


def test_what_is_exported_can_be_imported(tmp_path: Path) -> None:
    api, file = Answers(200, BUNDLE), tmp_path / "flow.json"
    workflow_files.export(api.edge(), WORKFLOW_ID, 3, file)
    assert api.asked[0].url.query == b"version=3"
    assert api.asked[0].headers["authorization"] == "Bearer t"
    other = Answers(201, {"id": str(UUID(int=9))})
    workflow_files.take_in(other.edge(), file, "keep")
    assert other.asked[0].url.query == b"on_conflict=keep"
    sent = WorkflowBundle.model_validate_json(other.asked[0].content)
    assert sent == WorkflowBundle.model_validate(BUNDLE)


def test_every_problem_of_a_refusal_is_told(tmp_path: Path) -> None:
    file = tmp_path / "flow.json"
    file.write_text(json.dumps(BUNDLE))
    problems = [{"code": "authoring.unknown_secret", "message": "no SHOP_KEY", "path": "headers"}]
    refusal = {"detail": "The tool has a problem", "code": "authoring.invalid_tool", "problems": problems}
    with pytest.raises(Refused) as told:
        workflow_files.take_in(Answers(400, refusal).edge(), file)
    assert "authoring.invalid_tool" in told.value.message
    assert "headers: no SHOP_KEY (authoring.unknown_secret)" in told.value.message


def test_what_is_no_bundle_is_not_sent(tmp_path: Path) -> None:
    file, api = tmp_path / "flow.json", Answers(201, {})
    file.write_text("{}")
    with pytest.raises(Refused, match="is no WorkflowBundle: workflow"):
        workflow_files.take_in(api.edge(), file)
    assert api.asked == []


def test_a_difference_is_shown_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    api = Answers(200, {"changes": [CHANGE]})
    workflow_files.show_diff(api.edge(), WORKFLOW_ID, 1, 2)
    assert api.asked[0].url.query == b"from=1&to=2"
    assert "nodes.draft.prompt" in capsys.readouterr().out


def recorded(folder: Path, h: Harness) -> Path:
    """A run of GREET as a file."""
    started(h, GREET)
    h.run()
    file = folder / "run.json"
    file.write_text(bundle_of(h.events(RUN)).model_dump_json())
    return file


def check(run: Path, definition: WorkflowDefinition) -> tuple[int, str]:
    file = run.parent / "definition.json"
    file.write_text(definition.model_dump_json())
    result = CliRunner().invoke(app, ["workflows", "check", str(run), "--definition", str(file)])
    return result.exit_code, result.output


def test_a_run_that_comes_out_the_same_passes(tmp_path: Path) -> None:
    code, told = check(recorded(tmp_path, Harness()), GREET)
    assert code == 0, told


def test_a_run_that_comes_out_differently_fails(tmp_path: Path) -> None:
    changed = GREET.model_copy(update={"output": "{{ steps.ask.output }}"})
    code, told = check(recorded(tmp_path, Harness()), WorkflowDefinition.model_validate(changed.model_dump()))
    assert code == 1
    assert "output" in told


def test_a_definition_that_names_an_agent_needs_the_whole_bundle(tmp_path: Path) -> None:
    nodes = [{"type": "agent", "id": "a", "agent": str(AGENT_ID), "prompt": "x"}]
    definition = WorkflowDefinition.model_validate({"nodes": nodes, "output": ""})
    run, file = recorded(tmp_path, Harness()), tmp_path / "definition.json"
    file.write_text(definition.model_dump_json())
    result = CliRunner().invoke(app, ["workflows", "check", str(run), "--definition", str(file)])
    assert isinstance(result.exception, Refused)
    assert str(AGENT_ID) in result.exception.message
