"""A workflow taken from one tenant to another does there what it did here."""

from collections.abc import Iterable
from uuid import UUID

from contexts.authoring.bundle import Carried, bundle_of, disagreements
from contexts.authoring.taking_in import Present, at_home, commands_for, conflicts
from schemas.authoring import commands as c
from schemas.authoring.agents import AgentTool
from schemas.authoring.bundle import WorkflowBundle
from schemas.authoring.nodes import AgentNode, SubworkflowNode, ToolNode
from schemas.authoring.parts import InputSpec
from schemas.authoring.tools import BuiltinTool, HttpTool
from schemas.base import Command, TenantId
from schemas.envelope import Answer
from schemas.execution.events import ExecutionSucceeded
from tests.scenarios.test_tenants import OTHER, given_two_tenants
from tests.support.builders import AGENT_ID, TENANT_ID, WORKFLOW_ID, agent, text, workflow
from tests.support.harness import Harness
from tests.support.story import accept, start, tenant_admin

INNER, MIDDLE = UUID(int=70), UUID(int=71)
SHOP = "https://shop.example/orders"
ORDERS = HttpTool(type="http", url=SHOP, headers={"authorization": "Bearer {{ secrets.SHOP_KEY }}"})
LOOKS_UP = workflow(
    ToolNode(type="tool", id="orders", tool="orders"),
    AgentNode(type="agent", id="ask", agent=AGENT_ID, prompt="Sum it up."),
    inputs={"who": InputSpec()},
    output="{{ inputs.who }}: {{ steps.orders.output }}, {{ steps.ask.output }}",
)
CALLS_INNER = workflow(
    SubworkflowNode(type="subworkflow", id="inner", workflow_id=INNER, inputs={"who": "Ada"}),
    output="[{{ steps.inner.output }}]",
)
CALLS_BOTH = workflow(
    SubworkflowNode(type="subworkflow", id="middle", workflow_id=MIDDLE),
    SubworkflowNode(type="subworkflow", id="inner", workflow_id=INNER, version=1, inputs={"who": "Bob"}),
    output="{{ steps.middle.output }} {{ steps.inner.output }}",
)


def say(h: Harness, tenant_id: TenantId, *commands: Command) -> list[Answer]:
    return [accept(h.submit(command, as_=tenant_admin(tenant_id))) for command in commands]


def given_secret(h: Harness, tenant_id: TenantId, ciphertext: str) -> None:
    secret = c.SetSecret(tenant_id=tenant_id, name="SHOP_KEY", ciphertext=ciphertext, fingerprint="0123abcd")
    say(h, tenant_id, secret)


def given_everything(h: Harness) -> None:
    given_two_tenants(h)
    h.tools.script(SHOP, "two orders")
    given_secret(h, TENANT_ID, "sealed-for-the-first")
    clock = BuiltinTool(type="builtin", name="now")
    say(
        h,
        TENANT_ID,
        c.SetTool(tenant_id=TENANT_ID, name="orders", definition=ORDERS),
        c.SetTool(tenant_id=TENANT_ID, name="clock", definition=clock),
        c.CreateAgent(agent_id=AGENT_ID, name="Helper", definition=agent(tools=(AgentTool(tool="clock"),))),
    )
    for id_, definition in ((INNER, LOOKS_UP), (MIDDLE, CALLS_INNER), (WORKFLOW_ID, CALLS_BOTH)):
        say(
            h,
            TENANT_ID,
            c.CreateWorkflow(workflow_id=id_, name=f"Flow {id_.int}", definition=definition),
            c.PublishWorkflow(workflow_id=id_),
        )


def exported(h: Harness) -> str:
    carried = [
        Carried(id_, f"Flow {id_.int}", h.state(f"workflow-{id_}").published[0].release)
        for id_ in (INNER, MIDDLE, WORKFLOW_ID)
    ]
    assert disagreements(carried) == []
    return bundle_of(carried, {str(AGENT_ID): "Helper"}).model_dump_json()


def output(h: Harness, tenant_id: TenantId, workflow_id: UUID, run: UUID) -> str:
    say(h, tenant_id, start(execution_id=run, source_id=workflow_id))
    h.run()
    end = h.events(f"execution-{run}")[-1]
    assert isinstance(end, ExecutionSucceeded), end
    return str(end.output)


def take_in(h: Harness, home: WorkflowBundle, kept: Iterable[UUID | str] = ()) -> None:
    say(h, OTHER, *commands_for(home, OTHER, Present(), frozenset(kept)))
    say(h, OTHER, c.PublishWorkflow(workflow_id=home.workflow.id))


def test_a_workflow_taken_to_another_tenant_gives_the_same() -> None:
    h = Harness()
    given_everything(h)
    first = output(h, TENANT_ID, WORKFLOW_ID, UUID(int=100))
    assert first == "[Ada: two orders, ok: Sum it up.] Bob: two orders, ok: Sum it up."
    file = exported(h)
    assert "sealed" not in file and '"SHOP_KEY"' in file
    given_secret(h, OTHER, "sealed-for-the-other")
    home = at_home(WorkflowBundle.model_validate_json(file), OTHER)
    take_in(h, home)
    before = len(h.tools.used)
    assert output(h, OTHER, home.workflow.id, UUID(int=101)) == first
    assert len(h.tools.used) > before


def test_without_the_secret_nothing_is_taken_in() -> None:
    h = Harness()
    given_everything(h)
    home = at_home(WorkflowBundle.model_validate_json(exported(h)), OTHER)
    commands = commands_for(home, OTHER, Present())
    answers = [h.submit(command, as_=tenant_admin(OTHER)) for command in commands]
    refused = [answer for answer in answers if answer.refusal]
    assert [p.code for answer in refused[:1] for p in answer.refusal.problems] == ["authoring.unknown_secret"]  # type: ignore[union-attr]
    assert h.events(f"workflow-{home.workflow.id}") == []


def test_what_is_kept_is_used_as_it_is() -> None:
    h = Harness()
    given_everything(h)
    given_secret(h, OTHER, "sealed-for-the-other")
    home = at_home(WorkflowBundle.model_validate_json(exported(h)), OTHER)
    own = workflow(text("said", "mine"), inputs={"who": InputSpec()}, output="{{ steps.said.output }}")
    inner = home.subworkflows[0].id
    say(
        h,
        OTHER,
        c.CreateWorkflow(workflow_id=inner, name="Mine", definition=own),
        c.PublishWorkflow(workflow_id=inner),
    )
    kept = conflicts(home, Present(workflows={inner: own}))
    assert kept.keys() == {inner}
    take_in(h, home, kept)
    assert output(h, OTHER, home.workflow.id, UUID(int=101)) == "[mine] mine"
