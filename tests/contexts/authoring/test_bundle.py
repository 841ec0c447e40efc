from uuid import UUID

from contexts.authoring.bundle import bundle_of, commands_for, new_id
from schemas.authoring.agents import AgentTool
from schemas.authoring.bundle import WorkflowBundle
from schemas.authoring.commands import (
    CreateAgent,
    CreateWorkflow,
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
BUNDLE = bundle_of(WORKFLOW_ID, "Letters", RELEASE, {str(AGENT_ID): "Helper"})
HERE = {id_: new_id(TENANT_ID, id_) for id_ in (AGENT_ID, WORKFLOW_ID, OTHER)}


def test_a_bundle_has_agents_tools_and_the_names_of_secrets() -> None:
    assert [(one.id, one.name, one.definition) for one in BUNDLE.agents] == [(AGENT_ID, "Helper", HELPER)]
    assert BUNDLE.tools == {"search": SEARCH, "clock": CLOCK}
    assert BUNDLE.secrets == ("SHOP_KEY",)
    assert WorkflowBundle.model_validate_json(BUNDLE.model_dump_json()) == BUNDLE


def test_what_is_named_comes_before_what_names_it() -> None:
    *tools, helper, flow = commands_for(BUNDLE, TENANT_ID, frozenset())
    assert tools == [
        SetTool(tenant_id=TENANT_ID, name="clock", definition=CLOCK),
        SetTool(tenant_id=TENANT_ID, name="search", definition=SEARCH),
    ]
    assert helper == CreateAgent(agent_id=HERE[AGENT_ID], name="Helper", definition=HELPER)
    assert isinstance(flow, CreateWorkflow)
    assert (flow.workflow_id, flow.name) == (HERE[WORKFLOW_ID], "Letters")


def test_references_lead_to_the_new_ids_in_bodies_too() -> None:
    flow = commands_for(BUNDLE, TENANT_ID, frozenset())[-1]
    assert isinstance(flow, CreateWorkflow)
    again = flow.definition.by_id["again"]
    assert isinstance(again, LoopNode)
    ask, other = again.body.nodes
    assert isinstance(ask, AgentNode) and isinstance(other, SubworkflowNode)
    assert (ask.agent, other.workflow_id) == (HERE[AGENT_ID], HERE[OTHER])
    assert other.version is None


def test_what_is_there_already_is_revised() -> None:
    existing = {HERE[AGENT_ID], HERE[WORKFLOW_ID]}
    *_, helper, flow = commands_for(BUNDLE, TENANT_ID, existing)
    assert helper == ReviseAgent(agent_id=HERE[AGENT_ID], name="Helper", definition=HELPER)
    assert isinstance(flow, ReviseWorkflow)
    assert flow.workflow_id == HERE[WORKFLOW_ID]


def test_ids_are_the_same_every_time_and_others_in_another_tenant() -> None:
    assert commands_for(BUNDLE, TENANT_ID, frozenset()) == commands_for(BUNDLE, TENANT_ID, frozenset())
    assert new_id(TenantId(UUID(int=99)), AGENT_ID) != HERE[AGENT_ID] != AGENT_ID
