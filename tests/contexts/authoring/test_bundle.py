from uuid import UUID

from contexts.authoring.bundle import Carried, bundle_of, disagreements
from contexts.authoring.taking_in import Present, at_home, commands_for, conflicts, new_id
from schemas.authoring.agents import AgentTool
from schemas.authoring.bundle import BundledAgent, WorkflowBundle
from schemas.authoring.commands import (
    CreateAgent,
    CreateWorkflow,
    PublishWorkflow,
    ReviseAgent,
    ReviseWorkflow,
    SetTool,
)
from schemas.authoring.definition import Release
from schemas.authoring.nodes import AgentNode, Body, LoopNode, SubworkflowNode, ToolNode
from schemas.authoring.tools import BuiltinTool, HttpTool
from schemas.base import TenantId
from tests.support.builders import AGENT_ID, TENANT_ID, WORKFLOW_ID, agent, workflow

OTHER = UUID(int=70)
SEARCH = HttpTool(
    type="http",
    url="https://shop.example/search",
    headers={"authorization": "Bearer {{ secrets.SHOP_KEY }}"},
)
CLOCK = BuiltinTool(type="builtin", name="now")
HELPER = agent(tools=(AgentTool(tool="search"),))
BODY = Body(
    nodes=(
        AgentNode(type="agent", id="ask", agent=AGENT_ID, prompt="Help."),
        SubworkflowNode(type="subworkflow", id="other", workflow_id=OTHER, version=4),
    )
)
DEFINITION = workflow(
    LoopNode(type="loop", id="again", body=BODY, until="true"),
    ToolNode(type="tool", id="time", tool="clock"),
)
RELEASE = Release(
    definition=DEFINITION, tools={"search": SEARCH, "clock": CLOCK}, agents={str(AGENT_ID): HELPER}
)
CALLED = Release(definition=workflow(ToolNode(type="tool", id="when", tool="now")), tools={"now": CLOCK})
CARRIED = [Carried(OTHER, "Called", CALLED), Carried(WORKFLOW_ID, "Letters", RELEASE)]
BUNDLE = bundle_of(CARRIED, {str(AGENT_ID): "Helper"})
HOME = at_home(BUNDLE, TENANT_ID)
PRESENT = Present(
    tools=HOME.tools,
    agents={agent.id: agent for agent in HOME.agents},
    workflows={one.id: one.definition for one in (*HOME.subworkflows, HOME.workflow)},
)
HERE = {id_: new_id(TENANT_ID, id_) for id_ in (AGENT_ID, WORKFLOW_ID, OTHER)}


def test_a_bundle_has_agents_tools_and_the_names_of_secrets() -> None:
    assert [(one.id, one.name, one.definition) for one in BUNDLE.agents] == [(AGENT_ID, "Helper", HELPER)]
    assert BUNDLE.tools == {"search": SEARCH, "clock": CLOCK, "now": CLOCK}
    assert [(one.id, one.name) for one in BUNDLE.subworkflows] == [(OTHER, "Called")]
    assert BUNDLE.secrets == ("SHOP_KEY",)
    assert WorkflowBundle.model_validate_json(BUNDLE.model_dump_json()) == BUNDLE


def test_what_is_named_comes_before_what_names_it() -> None:
    *tools, helper, called, published, flow = commands_for(HOME, TENANT_ID, Present())
    assert tools == [
        SetTool(tenant_id=TENANT_ID, name="clock", definition=CLOCK),
        SetTool(tenant_id=TENANT_ID, name="now", definition=CLOCK),
        SetTool(tenant_id=TENANT_ID, name="search", definition=SEARCH),
    ]
    assert helper == CreateAgent(agent_id=HERE[AGENT_ID], name="Helper", definition=HELPER)
    assert called == CreateWorkflow(workflow_id=HERE[OTHER], name="Called", definition=CALLED.definition)
    assert published == PublishWorkflow(workflow_id=HERE[OTHER])
    assert isinstance(flow, CreateWorkflow)
    assert (flow.workflow_id, flow.name) == (HERE[WORKFLOW_ID], "Letters")


def test_references_lead_to_the_new_ids_in_bodies_too() -> None:
    again = HOME.workflow.definition.by_id["again"]
    assert isinstance(again, LoopNode)
    ask, other = again.body.nodes
    assert isinstance(ask, AgentNode) and isinstance(other, SubworkflowNode)
    assert (ask.agent, other.workflow_id) == (HERE[AGENT_ID], HERE[OTHER])
    assert other.version is None


def test_what_is_there_already_is_revised() -> None:
    *_, helper, called, _, flow = commands_for(HOME, TENANT_ID, PRESENT)
    assert helper == ReviseAgent(agent_id=HERE[AGENT_ID], name="Helper", definition=HELPER)
    assert isinstance(called, ReviseWorkflow) and isinstance(flow, ReviseWorkflow)
    assert flow.workflow_id == HERE[WORKFLOW_ID]


def test_ids_are_the_same_every_time_and_others_in_another_tenant() -> None:
    assert at_home(BUNDLE, TENANT_ID) == HOME
    assert new_id(TenantId(UUID(int=99)), AGENT_ID) != HERE[AGENT_ID] != AGENT_ID


def test_the_same_content_is_no_conflict() -> None:
    assert conflicts(HOME, PRESENT) == conflicts(HOME, Present()) == {}


def test_everything_that_differs_is_told_with_its_kind() -> None:
    other = workflow(ToolNode(type="tool", id="x", tool="clock"))
    present = Present(
        tools={"search": CLOCK, "clock": CLOCK, "now": None},
        agents={HERE[AGENT_ID]: BundledAgent(id=HERE[AGENT_ID], name="Other", definition=HELPER)},
        workflows={HERE[OTHER]: other, HERE[WORKFLOW_ID]: other},
    )
    found = conflicts(HOME, present)
    assert [(problem.code, problem.path) for problem in found.values()] == [
        ("bundle.tool_exists", "tools.now"),
        ("bundle.tool_exists", "tools.search"),
        ("bundle.agent_exists", "agents.0"),
        ("bundle.workflow_exists", "subworkflows.0"),
        ("bundle.workflow_exists", "workflow"),
    ]
    assert "'Helper'" in found[HERE[AGENT_ID]].message
    assert commands_for(HOME, TENANT_ID, present, found.keys()) == [
        SetTool(tenant_id=TENANT_ID, name="clock", definition=CLOCK)
    ]


def test_what_was_published_with_different_things_is_told() -> None:
    assert disagreements(CARRIED) == []
    old = Release(definition=CALLED.definition, tools={"clock": SEARCH}, agents={str(AGENT_ID): agent()})
    found = disagreements([Carried(OTHER, "Called", old), CARRIED[1]])
    assert [(problem.code, problem.path) for problem in found] == [
        ("bundle.tools_differ", "tools.clock"),
        ("bundle.agents_differ", f"agents.{AGENT_ID}"),
    ]
