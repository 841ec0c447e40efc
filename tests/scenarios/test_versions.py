"""What a run is pinned to stays, whatever becomes of workflows, agents and tools."""

from typing import Any
from uuid import UUID

from contexts.authoring.bundle import Carried, bundle_of
from contexts.authoring.taking_in import Present, at_home, commands_for
from contexts.execution.state import Execution
from schemas.authoring import commands as c
from schemas.authoring.agents import AgentDefinition, AgentTool
from schemas.authoring.definition import Release
from schemas.authoring.nodes import AgentNode, SubworkflowNode, ToolNode
from schemas.authoring.tools import BuiltinTool, HttpTool
from schemas.base import Command, TenantId
from schemas.envelope import Answer
from schemas.execution.commands import StartExecution
from tests.support.builders import AGENT_ID, TENANT_ID, WORKFLOW_ID, agent, text, workflow
from tests.support.harness import Harness
from tests.support.story import RUN, accept, given_tenant, given_workflow, start, tenant_admin

OTHER = UUID(int=70)
CLOCK = BuiltinTool(type="builtin", name="now")
WITH_CLOCK = agent(tools=(AgentTool(tool="clock"),))
USES_CLOCK = workflow(ToolNode(type="tool", id="time", tool="clock"))


def say(h: Harness, command: Command) -> Answer:
    return h.submit(command, as_=tenant_admin())


def set_clock(h: Harness, tool: Any = CLOCK) -> None:
    accept(say(h, c.SetTool(tenant_id=TENANT_ID, name="clock", definition=tool)))


def create(h: Harness, definition: Any, workflow_id: UUID = WORKFLOW_ID, **changes: Any) -> Answer:
    return say(h, c.CreateWorkflow(workflow_id=workflow_id, name="Letters", definition=definition, **changes))


def create_agent(h: Harness, definition: AgentDefinition) -> Answer:
    return say(h, c.CreateAgent(agent_id=AGENT_ID, name="Helper", definition=definition))


def codes(answer: Answer) -> list[str]:
    assert answer.refusal is not None
    return [problem.code for problem in answer.refusal.problems]


def run_state(h: Harness) -> Execution:
    found: Execution = h.state(RUN)
    return found


def test_what_a_definition_names_is_looked_up_in_its_tenant(h: Harness) -> None:
    given_tenant(h)
    assert codes(create(h, USES_CLOCK)) == ["authoring.unknown_tool"]
    assert codes(create_agent(h, WITH_CLOCK)) == ["authoring.unknown_tool"]
    set_clock(h)
    accept(create(h, USES_CLOCK))
    accept(create_agent(h, WITH_CLOCK))
    published = accept(say(h, c.PublishWorkflow(workflow_id=WORKFLOW_ID)))
    assert published.version == 2
    assert h.state(f"workflow-{WORKFLOW_ID}").published[0].release.tools == {"clock": CLOCK}
    assert h.state(f"agent-{AGENT_ID}").newest.tools == {"clock": CLOCK}


def test_another_tenants_things_do_not_exist(h: Harness) -> None:
    given_tenant(h)
    set_clock(h)
    accept(create_agent(h, WITH_CLOCK))
    stranger = tenant_admin(tenant_id=TenantId(UUID(int=99)))
    asks = workflow(AgentNode(type="agent", id="ask", agent=AGENT_ID, prompt="x"), *USES_CLOCK.nodes)
    command = c.CreateWorkflow(workflow_id=OTHER, name="Theft", definition=asks)
    refused = h.submit(command, as_=stranger)
    assert codes(refused) == ["authoring.unknown_agent", "authoring.unknown_tool"]


def test_a_tool_deprecated_since_the_draft_was_saved_is_found_when_publishing(h: Harness) -> None:
    given_tenant(h)
    set_clock(h)
    accept(create(h, USES_CLOCK))
    accept(say(h, c.DeprecateTool(tenant_id=TENANT_ID, name="clock")))
    assert codes(say(h, c.PublishWorkflow(workflow_id=WORKFLOW_ID))) == ["authoring.unknown_tool"]


def test_a_dry_run_leaves_nothing_behind(h: Harness) -> None:
    given_tenant(h)
    assert codes(create(h, USES_CLOCK, dry_run=True)) == ["authoring.unknown_tool"]
    set_clock(h)
    accept(create(h, USES_CLOCK, dry_run=True))
    assert h.streams("workflow") == []


def test_subworkflows_and_agents_are_pinned_when_published(h: Harness) -> None:
    given_tenant(h)
    set_clock(h)
    accept(create_agent(h, WITH_CLOCK))
    given_workflow(h, workflow(text("a", "one")), OTHER)
    nodes = (
        AgentNode(type="agent", id="ask", agent=AGENT_ID, prompt="x"),
        SubworkflowNode(type="subworkflow", id="other", workflow_id=OTHER),
    )
    given_workflow(h, workflow(*nodes))
    release = h.state(f"workflow-{WORKFLOW_ID}").published[0].release
    other = h.state(f"workflow-{OTHER}").published[0]
    assert (release.agents, release.tools) == ({str(AGENT_ID): WITH_CLOCK}, {"clock": CLOCK})
    assert release.workflows[str(OTHER)].hash == other.hash


def test_a_deprecated_version_is_not_started_and_its_runs_go_on(h: Harness) -> None:
    given_tenant(h)
    given_workflow(h, workflow(AgentNode(type="agent", id="a", definition=agent(), prompt="x")))
    accept(say(h, start()))
    accept(say(h, c.DeprecateWorkflow(workflow_id=WORKFLOW_ID, number=1)))
    refused = say(h, start(execution_id=UUID(int=101)))
    assert refused.refusal is not None and refused.refusal.code == "execution.version_deprecated"
    h.run()
    assert run_state(h).status == "succeeded"


def test_without_a_number_the_newest_version_that_is_not_deprecated_is_started(h: Harness) -> None:
    given_tenant(h)
    given_workflow(h, workflow(text("a", "one"), output="{{ steps.a.output }}"))
    second = workflow(text("a", "two"), output="{{ steps.a.output }}")
    accept(say(h, c.ReviseWorkflow(workflow_id=WORKFLOW_ID, definition=second)))
    accept(say(h, c.PublishWorkflow(workflow_id=WORKFLOW_ID)))
    accept(say(h, c.DeprecateWorkflow(workflow_id=WORKFLOW_ID, number=2)))
    accept(say(h, start()))
    assert run_state(h).source.version == 1


def test_a_rolled_back_workflow_runs_what_it_was(h: Harness) -> None:
    given_tenant(h)
    given_workflow(h, workflow(text("a", "one"), output="{{ steps.a.output }}"))
    second = workflow(text("a", "two"), output="{{ steps.a.output }}")
    accept(say(h, c.ReviseWorkflow(workflow_id=WORKFLOW_ID, definition=second)))
    accept(say(h, c.PublishWorkflow(workflow_id=WORKFLOW_ID)))
    accept(say(h, c.RollbackWorkflow(workflow_id=WORKFLOW_ID, number=1)))
    accept(say(h, start()))
    h.run()
    assert (run_state(h).source.version, h.events(RUN)[-1].output) == (3, "one")  # type: ignore[attr-defined]


def test_a_run_of_an_agent_stays_with_its_version(h: Harness) -> None:
    given_tenant(h)
    accept(create_agent(h, agent(instructions="First.")))
    begun = StartExecution(
        execution_id=UUID(int=100), source_kind="agent", source_id=AGENT_ID, inputs={"message": "Hi"}
    )
    accept(say(h, begun))
    revised = agent(instructions="Second.")
    accept(say(h, c.ReviseAgent(agent_id=AGENT_ID, name="Helper", definition=revised)))
    accept(say(h, begun.model_copy(update={"execution_id": UUID(int=101)})))
    h.run()
    systems = {request.messages[0].content for request in h.chat.calls}
    assert systems == {"First.", "Second."}
    versions = [h.state(f"execution-{UUID(int=n)}").source.version for n in (100, 101)]
    assert versions == [1, 2]
    assert run_state(h).status == "succeeded"


def test_a_bundle_taken_in_twice_is_there_once(h: Harness) -> None:
    given_tenant(h)
    set_clock(h)
    asks = workflow(AgentNode(type="agent", id="ask", agent=AGENT_ID, prompt="x"))
    release = Release(definition=asks, tools={"clock": CLOCK}, agents={str(AGENT_ID): WITH_CLOCK})
    bundle = bundle_of([Carried(WORKFLOW_ID, "Letters", release)], {str(AGENT_ID): "Helper"})
    home = at_home(bundle, TENANT_ID)
    for command in commands_for(home, TENANT_ID, Present()):
        accept(say(h, command))
    before = {stream: h.events(stream) for stream in h.streams()}
    there = Present(
        home.tools, {one.id: one for one in home.agents}, {home.workflow.id: home.workflow.definition}
    )
    for command in commands_for(home, TENANT_ID, there):
        accept(say(h, command))
    assert {stream: h.events(stream) for stream in h.streams()} == before
    accept(say(h, c.PublishWorkflow(workflow_id=home.workflow.id)))


def test_an_old_version_of_a_tool_stays_with_what_was_published(h: Harness) -> None:
    given_tenant(h)
    set_clock(h)
    given_workflow(h, USES_CLOCK)
    set_clock(h, HttpTool(type="http", url="https://clock.example/now"))
    release = h.state(f"workflow-{WORKFLOW_ID}").published[0].release
    assert release.tools == {"clock": CLOCK}


def test_a_called_workflow_is_pinned_to_the_newest_version_that_is_not_deprecated(h: Harness) -> None:
    given_tenant(h)
    given_workflow(h, workflow(text("a", "one")))
    accept(say(h, c.ReviseWorkflow(workflow_id=WORKFLOW_ID, definition=workflow(text("a", "two")))))
    accept(say(h, c.PublishWorkflow(workflow_id=WORKFLOW_ID)))
    accept(say(h, c.DeprecateWorkflow(workflow_id=WORKFLOW_ID, number=2)))
    calling = workflow(SubworkflowNode(type="subworkflow", id="call", workflow_id=WORKFLOW_ID))
    given_workflow(h, calling, OTHER)
    [pin] = h.state(f"workflow-{OTHER}").published[0].release.workflows.values()
    assert pin.version == 1
    accept(say(h, c.DeprecateWorkflow(workflow_id=WORKFLOW_ID, number=1)))
    assert codes(say(h, c.PublishWorkflow(workflow_id=OTHER))) == ["authoring.unknown_workflow"]


def test_a_published_workflow_cannot_run_itself(h: Harness) -> None:
    given_tenant(h)
    given_workflow(h, workflow(text("a", "one")))
    calling = workflow(SubworkflowNode(type="subworkflow", id="call", workflow_id=WORKFLOW_ID))
    answer = say(h, c.ReviseWorkflow(workflow_id=WORKFLOW_ID, definition=calling))
    assert codes(answer) == ["authoring.runs_itself"]
