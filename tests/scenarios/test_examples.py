"""The worked examples of the guide, told in memory: each comes to the output its file says."""

import runpy
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter

from api.cli.examples.files import FOLDER, Example, load, names
from contexts.billing.ledger import Ledger
from schemas.authoring.commands import SetSecret, SetTool
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.tools import ToolDefinition
from schemas.authoring.triggers import TriggerDefinition
from schemas.envelope import Actor
from schemas.execution.commands import AnswerApproval
from schemas.execution.events import CallRequested, ExecutionSucceeded
from tests.support.builders import MODEL, PARTNER_ID, TENANT_ID
from tests.support.harness import Harness
from tests.support.llm_script import Behaviour
from tests.support.story import accept, given_tenant, given_workflow, start, tenant_admin
from tests.support.triggers import call, create, utc

WORLD = "http://directory.example"
TOOL: TypeAdapter[ToolDefinition] = TypeAdapter(ToolDefinition)
TRIGGER: TypeAdapter[TriggerDefinition] = TypeAdapter(TriggerDefinition)
DAY = 86_400.0
HOOKS = Actor(kind="system", id="hooks", tenant_id=TENANT_ID, partner_id=PARTNER_ID)


def given(h: Harness, example: Example) -> None:
    """All that the example's tenant has; the workflow is valid and published."""
    given_tenant(h)
    for name in example.secrets:
        secret = SetSecret(tenant_id=TENANT_ID, name=name, ciphertext="sealed", fingerprint="0a1b2c3d")
        accept(h.submit(secret, as_=tenant_admin()))
    for name, tool in example.tools.items():
        definition = TOOL.validate_python(tool)
        accept(h.submit(SetTool(tenant_id=TENANT_ID, name=name, definition=definition), as_=tenant_admin()))
    given_workflow(h, WorkflowDefinition.model_validate(example.workflow))


def given_answers(h: Harness, example: Example) -> None:
    said = [
        (saying.text, [(use.name, use.arguments) for use in saying.tool_calls])
        for saying in example.model_says
    ]
    h.chat.script(MODEL, *(Behaviour(text=text, tool_calls=tuple(uses)) for text, uses in said))
    for path, answer in example.world.items():
        h.tools.script(WORLD + path, {"status": 200, "body": answer})
    h.tools.script("lookup", runpy.run_path(str(FOLDER / "encyclopedia.py"))["lookup"]("tide"))


def begin(h: Harness, example: Example) -> None:
    """By its trigger, if it has one: its time comes, or its call."""
    if example.trigger is None:
        accept(h.submit(start(inputs=example.inputs), as_=tenant_admin()))
    else:
        definition = TRIGGER.validate_python(example.trigger)
        if definition.type == "webhook":
            definition = definition.model_copy(update={"secret_ciphertext": "sealed"})
        accept(h.submit(create(definition), as_=tenant_admin()))
        if definition.type == "webhook":
            accept(h.submit(call(example.payload), as_=HOOKS))
        else:
            h.advance(DAY)
    h.run()


def answered(h: Harness, example: Example, run: str) -> None:
    for node, answer in example.people.items():
        said = AnswerApproval(
            execution_id=UUID(run.removeprefix("execution-")), node=node, **answer.model_dump()
        )
        accept(h.submit(said, as_=tenant_admin()))
        h.run()


def output(h: Harness, run: str) -> Any:
    end = h.events(run)[-1]
    assert isinstance(end, ExecutionSucceeded), end
    return end.output


def test_there_are_five() -> None:
    assert names() == ["enrichment", "map-reduce", "nightly-report", "research-agent", "support-triage"]


@pytest.mark.parametrize("name", names())
def test_an_example_comes_to_what_its_file_says(name: str) -> None:
    example, h = load(name, WORLD), Harness()
    h.clock.now = utc(2026, 11, 25, 12)
    given(h, example)
    given_answers(h, example)
    begin(h, example)
    (run,) = h.streams("execution")
    answered(h, example, run)
    assert output(h, run) == example.output
    calls = [event for event in h.events(run) if isinstance(event, CallRequested)]
    assert len(calls) == len(example.model_says)
    ledgers: list[Ledger] = [h.state(stream) for stream in h.streams("ledger")]
    assert sum(ledger.held for ledger in ledgers) == 0


def test_the_agent_is_told_what_the_encyclopedia_says() -> None:
    example, h = load("research-agent"), Harness()
    given(h, example)
    given_answers(h, example)
    begin(h, example)
    told = h.chat.calls[-1].messages[-1]
    assert (told.role, told.content.split(".")[0]) == ("tool", "The rise and fall of the sea, twice a day")


def test_who_is_refused_a_refund_is_told_so() -> None:
    example, h = load("support-triage"), Harness()
    given(h, example)
    given_answers(h, example)
    begin(h, example)
    (run,) = h.streams("execution")
    no = example.people["agree"].model_copy(update={"approved": False})
    answered(h, example.model_copy(update={"people": {"agree": no}}), run)
    assert output(h, run)["reply"] == "We are sorry: we cannot refund this."
