"""What a tenant names in what it sends is looked up among its own: another's is answered like nobody's."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from schemas.authoring import commands as c
from schemas.authoring.agents import AgentTool
from schemas.authoring.nodes import AgentNode, Body, MapNode, Node, SubworkflowNode, ToolNode
from schemas.authoring.tools import BuiltinTool
from schemas.authoring.triggers import CronTrigger, RunTrigger
from schemas.base import Command, TenantId
from schemas.envelope import Answer
from schemas.execution.commands import StartExecution
from tests.support.builders import (
    AGENT_ID,
    TENANT_ID,
    WORKFLOW_ID,
    agent,
    http_tool,
    new_user,
    partner_admin,
    provision_tenant,
    text,
    workflow,
)
from tests.support.harness import Harness
from tests.support.story import accept, given_tenant, given_workflow, tenant_admin

STRANGER = TenantId(UUID(int=99))
MADE, OWN, NOBODYS = UUID(int=200), UUID(int=201), UUID(int=202)
SECRET: dict[str, Any] = {"name": "SHOP_KEY", "ciphertext": "x", "fingerprint": "0" * 8}
Naming = Callable[[Any], Command]


def making(node: Node) -> Command:
    return c.CreateWorkflow(workflow_id=MADE, name="Theft", definition=workflow(node))


def revising(node: Node) -> Command:
    return c.ReviseWorkflow(workflow_id=OWN, definition=workflow(node))


def inside(node: Node) -> MapNode:
    return MapNode(type="map", id="each", items="inputs.all", body=Body(nodes=(node,)))


def asking(id_: UUID) -> AgentNode:
    return AgentNode(type="agent", id="ask", agent=id_, prompt="x")


def calling(id_: UUID) -> SubworkflowNode:
    return SubworkflowNode(type="subworkflow", id="other", workflow_id=id_)


def using(name: str) -> ToolNode:
    return ToolNode(type="tool", id="use", tool=name)


def with_tool(name: str) -> Command:
    return c.CreateAgent(agent_id=MADE, name="Theft", definition=agent(tools=(AgentTool(tool=name),)))


def with_secret(name: str) -> Command:
    tool = http_tool(headers={"X": f"{{{{ secrets.{name} }}}}"})
    return c.SetTool(tenant_id=STRANGER, name="theft", definition=tool)


def by_the_clock(id_: UUID) -> Command:
    definition = CronTrigger(type="cron", expression="0 6 * * *", timezone="UTC")
    return c.CreateTrigger(trigger_id=MADE, name="Theft", workflow_id=id_, definition=definition)


def after_a_run(id_: UUID) -> Command:
    definition = RunTrigger(type="run", workflow_id=id_)
    return c.CreateTrigger(trigger_id=MADE, name="Theft", workflow_id=OWN, definition=definition)


def running(id_: UUID, kind: Any = "workflow") -> Command:
    return StartExecution(execution_id=MADE, source_kind=kind, source_id=id_, inputs={})


AGENT, WORKFLOW, TOOL = (AGENT_ID, NOBODYS), (WORKFLOW_ID, NOBODYS), ("clock", "nothing")
CASES: dict[str, tuple[Naming, tuple[Any, Any], str]] = {
    "agent node": (lambda id_: making(asking(id_)), AGENT, "authoring.unknown_agent"),
    "agent node, revised": (lambda id_: revising(asking(id_)), AGENT, "authoring.unknown_agent"),
    "agent node in a map": (lambda id_: making(inside(asking(id_))), AGENT, "authoring.unknown_agent"),
    "subworkflow": (lambda id_: making(calling(id_)), WORKFLOW, "authoring.unknown_workflow"),
    "subworkflow, revised": (lambda id_: revising(calling(id_)), WORKFLOW, "authoring.unknown_workflow"),
    "subworkflow in a map": (
        lambda id_: making(inside(calling(id_))),
        WORKFLOW,
        "authoring.unknown_workflow",
    ),
    "tool node": (lambda name: making(using(name)), TOOL, "authoring.unknown_tool"),
    "tool node, revised": (lambda name: revising(using(name)), TOOL, "authoring.unknown_tool"),
    "an agent's tool": (with_tool, TOOL, "authoring.unknown_tool"),
    "a tool's secret": (with_secret, ("SHOP_KEY", "NOTHING"), "authoring.unknown_secret"),
    "trigger": (by_the_clock, WORKFLOW, "authoring.workflow_not_found"),
    "trigger after a run": (after_a_run, WORKFLOW, "authoring.workflow_not_found"),
    "run of a workflow": (running, WORKFLOW, "execution.source_not_found"),
    "run of an agent": (lambda id_: running(id_, "agent"), AGENT, "execution.source_not_found"),
}


@pytest.fixture(scope="module")
def h() -> Harness:
    """A tenant with one of everything, and a stranger with a workflow of their own."""
    h = Harness()
    given_tenant(h)
    owner = tenant_admin()
    clock = BuiltinTool(type="builtin", name="now")
    accept(h.submit(c.SetTool(tenant_id=TENANT_ID, name="clock", definition=clock), as_=owner))
    accept(h.submit(c.SetSecret(tenant_id=TENANT_ID, **SECRET), as_=owner))
    accept(h.submit(c.CreateAgent(agent_id=AGENT_ID, name="Helper", definition=agent()), as_=owner))
    given_workflow(h, workflow(text("a", "x")))
    eve = new_user(user_id=UUID(int=52), email="eve@example.com")
    provision = provision_tenant(tenant_id=STRANGER, subdomain="other", owner=eve)
    accept(h.submit(provision, as_=partner_admin()))
    h.run()
    own = c.CreateWorkflow(workflow_id=OWN, name="Own", definition=workflow(text("a", "x")))
    accept(h.submit(own, as_=tenant_admin(STRANGER)))
    accept(h.submit(c.PublishWorkflow(workflow_id=OWN), as_=tenant_admin(STRANGER)))
    return h


def told(answer: Answer, named: Any) -> str:
    assert answer.refusal is not None, "another's was taken"
    return answer.refusal.model_dump_json().replace(str(named), "IT")


@pytest.mark.parametrize("case", CASES)
def test_anothers_is_nobodys(h: Harness, case: str) -> None:
    naming, (theirs, nobodys), code = CASES[case]
    stranger = tenant_admin(STRANGER)
    refused = told(h.submit(naming(theirs), as_=stranger), theirs)
    assert code in refused
    assert refused == told(h.submit(naming(nobodys), as_=stranger), nobodys)
