"""One random node of each kind."""

from collections.abc import Callable

from schemas.authoring import nodes as n
from schemas.authoring.agents import AgentDefinition, AgentTool
from schemas.authoring.parts import Edge, RetryPolicy
from tests.support.workflows.drawing import Drawing, Place, When
from tests.support.workflows.story import HURRIED_SECONDS, ONCE_TOOL, SAFE_TOOL

NUMBER = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
SIMPLE = (
    "template",
    "transform",
    "noop",
    "llm",
    "llm",
    "llm",
    "approval",
    "pause",
    "agent",
    "tool",
    "retrieve",
)
DEEP = ("map", "map", "loop", "subworkflow")
MAX_DEPTH = 2
WHEN: tuple[When, ...] = ("early", "late", "late", "early", "never")


def any_node(drawing: Drawing, at: Place) -> n.Node:
    name = drawing.name()
    kinds = [*drawing.kinds.simple]
    if at.depth < MAX_DEPTH and not drawing.full:
        kinds += [*drawing.kinds.deep, *drawing.kinds.deep]
    if at.waits:
        kinds += ["event", "event"]
    return MAKE[drawing.random.choice(kinds)](drawing, at, name)


def template(drawing: Drawing, at: Place, name: str) -> n.Node:
    said = f"{at.key_template}{name}"
    return n.TemplateNode(type="template", id=name, template=said)


def transform(drawing: Drawing, at: Place, name: str) -> n.Node:
    expression = f"{{'size': size({at.key_expression}), 'of': '{name}'}}"
    return n.TransformNode(type="transform", id=name, expression=expression)


def noop(drawing: Drawing, at: Place, name: str) -> n.Node:
    return n.NoopNode(type="noop", id=name)


def llm(drawing: Drawing, at: Place, name: str) -> n.Node:
    """Repairs and failures are not mixed: which attempts count as failed ones is not the oracle's to say."""
    asks_number = drawing.chance(0.25)
    drawing.mood(name, "number" if asks_number else "words", passing=not asks_number)
    return n.LlmNode(
        type="llm",
        id=name,
        model=drawing.kinds.model,
        prompt=f"{at.key_template}{name}",
        max_output_tokens=16,
        retry=drawing.retry(),
        fallback_models=(drawing.kinds.model,) if drawing.chance(0.3) else (),
        output_schema=NUMBER if asks_number else None,
        repairs=repairs(drawing),
        when_unknown=unknown(drawing),
    )


def repairs(drawing: Drawing) -> int:
    """A repair whose call was lost begins with the first question again: several, where calls get lost."""
    return drawing.random.choice((0, 3)) if drawing.kinds.steady else drawing.random.randint(0, 2)


def unknown(drawing: Drawing) -> n.WhenUnknown:
    kinds: tuple[n.WhenUnknown, ...] = ("retry", "retry", "ask", "fail")
    return drawing.random.choice(kinds)


def agent(drawing: Drawing, at: Place, name: str) -> n.Node:
    drawing.mood(name, "tools")
    definition = AgentDefinition(
        model=drawing.kinds.model,
        instructions="Be brief.",
        max_output_tokens=16,
        tools=(AgentTool(tool=SAFE_TOOL), AgentTool(tool=ONCE_TOOL, approval=True)),
        max_rounds=drawing.random.randint(2, 5),
    )
    return n.AgentNode(
        type="agent",
        id=name,
        prompt=f"{at.key_template}{name}",
        definition=definition,
        retry=drawing.retry() if drawing.kinds.steady else RetryPolicy(),
        when_unknown=unknown(drawing),
    )


def tool(drawing: Drawing, at: Place, name: str) -> n.Node:
    once = drawing.kinds.steady and drawing.chance(0.5)
    policies: tuple[n.WhenUnknown | None, ...] = ("ask", "fail", None)
    return n.ToolNode(
        type="tool",
        id=name,
        tool=ONCE_TOOL if once else SAFE_TOOL,
        arguments={"q": f"{at.key_template}{name}", "n": 7},
        retry=drawing.retry() if drawing.kinds.steady else RetryPolicy(),
        when_unknown=drawing.random.choice(policies) if once else None,
    )


def retrieve(drawing: Drawing, at: Place, name: str) -> n.Node:
    return n.RetrieveNode(
        type="retrieve",
        id=name,
        query=f"{at.key_template}{name}",
        collection="menu",
        top_k=drawing.random.randint(1, 3),
        retry=drawing.retry(),
    )


def approval(drawing: Drawing, at: Place, name: str) -> n.Node:
    """On real processes nobody is late by chance: there is next to no time, or more than enough."""
    hurried = drawing.kinds.steady and drawing.chance(0.2)
    return n.ApprovalNode(
        type="approval",
        id=name,
        message=f"{at.key_template}{name}",
        assignees=("owner",),
        deadline_seconds=HURRIED_SECONDS if hurried else 86_400,
        on_deadline=drawing.random.choice(("approve", "reject", "reject", "fail")),
        escalate_after_seconds=1 if drawing.kinds.steady else 3_600,
        escalate_to=("chief",),
    )


def pause(drawing: Drawing, at: Place, name: str) -> n.Node:
    spans = (1, 2, 3) if drawing.kinds.steady else (1, 90, 7_200)
    return n.WaitNode(type="wait", id=name, seconds=drawing.random.choice(spans))


def event(drawing: Drawing, at: Place, name: str) -> n.Node:
    when = drawing.signals[name] = drawing.random.choice(WHEN)
    hurried = drawing.kinds.steady and when == "never"
    timeout = HURRIED_SECONDS if hurried else 86_400
    return n.WaitNode(type="wait", id=name, event=name, timeout_seconds=timeout)


def subworkflow(drawing: Drawing, at: Place, name: str) -> n.Node:
    inputs = {"key": f"{at.key_template}{name}/"}
    return n.SubworkflowNode(
        type="subworkflow", id=name, workflow_id=drawing.child(at), inputs=inputs, timeout_seconds=20 * 86_400
    )


def map_(drawing: Drawing, at: Place, name: str) -> n.Node:
    count = drawing.random.randint(0, 3)
    folds = drawing.chance(0.4)
    return n.MapNode(
        type="map",
        id=name,
        items=str(list(range(count))),
        body=body(drawing, at, name, "[{output}]" if folds else "{output}"),
        max_concurrency=drawing.random.randint(1, 3),
        max_failures=drawing.random.choice((0, 1, 3)),
        reduce=n.Reduce(initial="", expression="total + item") if folds else None,
    )


def loop(drawing: Drawing, at: Place, name: str) -> n.Node:
    last = drawing.random.randint(0, 2)
    return n.LoopNode(
        type="loop",
        id=name,
        body=body(drawing, at, name, "{{{{ previous }}}}>{output}"),
        until=f"index >= {last} || size(output) > 2000",
        initial="0",
        max_iterations=drawing.random.randint(2, 3),
        on_limit=drawing.random.choice(("succeed", "succeed", "fail")),
    )


def body(drawing: Drawing, at: Place, name: str, output: str) -> n.Body:
    """Its first step is its key, which all others come after."""
    inside = at.inside(name)
    key = n.TemplateNode(
        type="template", id=f"k{name}", template=f"{at.key_template}{name}[{{{{ index }}}}]."
    )
    drawn = drawing.graph(inside, key.id)
    starts = {node.id for node in drawn.nodes} - {edge.target for edge in drawn.edges}
    edges = [*drawn.edges, *(Edge(source=key.id, target=start) for start in sorted(starts))]
    said = output.replace("{output}", drawn.output).replace("{{{{", "{{").replace("}}}}", "}}")
    return n.Body(nodes=(key, *drawn.nodes), edges=tuple(edges), output=said)


Make = Callable[[Drawing, Place, str], n.Node]
MAKE: dict[str, Make] = {
    "template": template,
    "transform": transform,
    "noop": noop,
    "llm": llm,
    "agent": agent,
    "tool": tool,
    "retrieve": retrieve,
    "approval": approval,
    "pause": pause,
    "event": event,
    "subworkflow": subworkflow,
    "map": map_,
    "loop": loop,
}
