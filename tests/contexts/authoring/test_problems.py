"""One bad definition for every problem, and all problems of a bad one at once."""

from typing import Any
from uuid import UUID

import pytest

from contexts.authoring.dag import problems
from contexts.authoring.facts import AuthoringFacts
from schemas.authoring.agents import AgentDefinition
from schemas.authoring.definition import Source, WorkflowDefinition
from schemas.authoring.tools import BuiltinTool
from tests.support.builders import MODEL

OTHER = UUID(int=70)
OWN, CLERK = UUID(int=72), UUID(int=73)
AGENT = AgentDefinition(model=MODEL, instructions="Of {{ inputs.shop }}.")
PIN = Source(kind="workflow", id=OTHER, version=1, hash="h", name="Other")
FACTS = AuthoringFacts(
    frozenset({MODEL}),
    tools={"clock": BuiltinTool(type="builtin", name="now")},
    agents={CLERK: AGENT},
    workflows={OTHER: {1: PIN}},
    own=OWN,
)

Json = dict[str, Any]


def noop(node: str) -> Json:
    return {"type": "noop", "id": node}


def llm(node: str, **changes: Any) -> Json:
    return {"type": "llm", "id": node, "model": MODEL, "prompt": "Hello.", **changes}


def branch(node: str, when: str = "true") -> Json:
    return {"type": "branch", "id": node, "cases": [{"name": "yes", "when": when}]}


def each(*nodes: Json, **changes: Any) -> Json:
    return {"type": "map", "id": "each", "items": "[1]", "body": {"nodes": nodes or [noop("in")]}, **changes}


def loop(*nodes: Json, **changes: Any) -> Json:
    body = {"nodes": nodes or [noop("in")]}
    return {"type": "loop", "id": "again", "until": "true", "body": body, **changes}


def edge(source: str, target: str, case: str | None = None) -> Json:
    return {"source": source, "target": target, "case": case}


def definition(*nodes: Json, edges: list[Json] | None = None, **changes: Any) -> WorkflowDefinition:
    whole = {"nodes": nodes, "edges": edges or [], "output": "", **changes}
    return WorkflowDefinition.model_validate(whole)


def agent(**changes: Any) -> Json:
    said = {"model": MODEL, "instructions": "Be brief.", **changes}
    return {"type": "agent", "id": "a", "prompt": "Hi", "definition": said}


NESTED = noop("deep")
for _name in ("d", "c", "b", "a"):
    NESTED = {**each(NESTED), "id": _name}

BAD: list[tuple[str, str, str | None, WorkflowDefinition]] = [
    ("duplicate_node", "nodes.1.body.nodes.0.id", "x", definition(noop("x"), each(noop("x")))),
    ("unknown_node", "edges.0.target", "y", definition(noop("x"), edges=[edge("x", "y")])),
    (
        "unknown_node",
        "nodes.1.body.edges.0.source",
        "x",
        definition(noop("x"), each(body={"nodes": [noop("in")], "edges": [edge("x", "in")]})),
    ),
    ("unknown_case", "edges.0.case", "b", definition(branch("b"), noop("x"), edges=[edge("b", "x", "no")])),
    ("unknown_case", "edges.0.case", "b", definition(branch("b"), noop("x"), edges=[edge("b", "x")])),
    (
        "case_without_branch",
        "edges.0.case",
        "x",
        definition(noop("x"), noop("y"), edges=[edge("x", "y", "yes")]),
    ),
    ("unreachable", "nodes.1", "x", definition(branch("b"), noop("x"), edges=[edge("b", "x", "no")])),
    (
        "duplicate_case",
        "nodes.0.cases",
        "b",
        definition(
            {**branch("b"), "cases": [{"name": "yes", "when": "true"}, {"name": "yes", "when": "false"}]}
        ),
    ),
    (
        "cycle",
        "nodes.0.body.edges",
        "q",
        definition(each(body={"nodes": [noop("p"), noop("q")], "edges": [edge("p", "q"), edge("q", "p")]})),
    ),
    ("too_deep", "nodes.0.body.nodes.0.body.nodes.0.body.nodes.0.body", None, definition(NESTED)),
    ("unknown_model", "nodes.0.fallback_models.0", "x", definition(llm("x", fallback_models=["a/b"]))),
    ("unknown_model", "nodes.0.definition.model", "a", definition(agent(model="a/b"))),
    ("unknown_tool", "nodes.0.definition.tools.0.tool", "a", definition(agent(tools=[{"tool": "spade"}]))),
    ("unknown_tool", "nodes.0.tool", "t", definition({"type": "tool", "id": "t", "tool": "spade"})),
    (
        "unknown_agent",
        "nodes.0.agent",
        "a",
        definition({"type": "agent", "id": "a", "prompt": "", "agent": str(OTHER)}),
    ),
    (
        "unknown_workflow",
        "nodes.0.workflow_id",
        "s",
        definition({"type": "subworkflow", "id": "s", "workflow_id": str(UUID(int=71))}),
    ),
    (
        "unknown_workflow",
        "nodes.0.workflow_id",
        "s",
        definition({"type": "subworkflow", "id": "s", "workflow_id": str(OTHER), "version": 2}),
    ),
    ("choose_one", "nodes.0", "w", definition({"type": "wait", "id": "w"})),
    ("choose_one", "nodes.0", "w", definition({"type": "wait", "id": "w", "seconds": 1, "event": "e"})),
    ("choose_one", "nodes.0", "a", definition({"type": "agent", "id": "a", "prompt": ""})),
    (
        "choose_both",
        "nodes.0.escalate_to",
        "p",
        definition({"type": "approval", "id": "p", "message": "", "escalate_after_seconds": 5}),
    ),
    (
        "too_late",
        "nodes.0.escalate_after_seconds",
        "p",
        definition(
            {
                "type": "approval",
                "id": "p",
                "message": "",
                "deadline_seconds": 5,
                "escalate_after_seconds": 9,
                "escalate_to": ["boss"],
            }
        ),
    ),
    ("too_many_failures", "nodes.0.max_failures", "each", definition(each(max_items=1, max_failures=2))),
    (
        "malformed_schema",
        "nodes.0.output_schema.type",
        "x",
        definition(llm("x", output_schema={"type": "nope"})),
    ),
    (
        "malformed_schema",
        "inputs.i.json_schema.$ref",
        None,
        definition(noop("x"), inputs={"i": {"json_schema": {"$ref": "http://x.example"}}}),
    ),
    ("malformed_template", "nodes.0.prompt", "x", definition(llm("x", prompt="{{ inputs."))),
    (
        "malformed_expression",
        "nodes.0.expression",
        "t",
        definition({"type": "transform", "id": "t", "expression": "1 +"}),
    ),
    ("malformed_expression", "nodes.0.cases.0.when", "b", definition(branch("b", "item.x"))),
    ("undeclared_input", "nodes.0.items", "each", definition(each(items="inputs.many"))),
    (
        "runs_itself",
        "nodes.0.body.nodes.0.workflow_id",
        "s",
        definition(each({"type": "subworkflow", "id": "s", "workflow_id": str(OWN)})),
    ),
    (
        "undeclared_input",
        "nodes.0.agent",
        "a",
        definition({"type": "agent", "id": "a", "prompt": "", "agent": str(CLERK)}),
    ),
    ("wrong_type", "nodes.0.items", "each", definition(each(items="inputs.n"), inputs={"n": {}})),
    (
        "wrong_type",
        "nodes.1.items",
        "each",
        definition(noop("x"), each(items="steps.y.output"), llm("y"), edges=[edge("y", "each")]),
    ),
    (
        "default_type",
        "inputs.n.default.size",
        None,
        definition(
            noop("x"),
            inputs={
                "n": {
                    "type": "object",
                    "default": {"size": "big"},
                    "json_schema": {"properties": {"size": {"type": "integer"}}},
                }
            },
        ),
    ),
    ("unknown_step", "output", None, definition(noop("x"), output={"a": ["{{ steps.y.output }}"]})),
    ("unbound_step", "nodes.0.cases.0.when", "b", definition(branch("b", "steps.x.output"), noop("x"))),
    ("unbound_step", "nodes.0.until", "again", definition(loop(until="steps.x.output"), noop("x"))),
    ("unbound_step", "output", None, definition(each(noop("in")), output="{{ steps.in.output }}")),
    ("unknown_name", "nodes.0.prompt", "x", definition(llm("x", prompt="{{ item }}"))),
    (
        "unknown_name",
        "nodes.0.body.output",
        "again",
        definition(loop(body={"nodes": [noop("in")], "output": "{{ item }}"})),
    ),
    (
        "unknown_field",
        "nodes.1.expression",
        "t",
        definition(
            noop("x"),
            {"type": "transform", "id": "t", "expression": "steps.x.result"},
            edges=[edge("x", "t")],
        ),
    ),
    ("wrong_type", "output", None, definition(llm("x"), output="{{ steps.x.output.title }}")),
    (
        "wrong_type",
        "nodes.0.prompt",
        "x",
        definition(llm("x", prompt="{{ inputs.n.deep }}"), inputs={"n": {"type": "integer"}}),
    ),
    (
        "wrong_type",
        "output",
        None,
        definition(
            llm(
                "x", output_schema={"type": "object", "properties": {"a": {}}, "additionalProperties": False}
            ),
            output="{{ steps.x.output.b }}",
        ),
    ),
    (
        "default_type",
        "inputs.n.default",
        None,
        definition(noop("x"), inputs={"n": {"type": "integer", "default": "one"}}),
    ),
]


@pytest.mark.parametrize(("code", "path", "node", "bad"), BAD, ids=[f"{b[0]} at {b[1]}" for b in BAD])
def test_what_is_wrong_is_told_with_its_place(
    code: str, path: str, node: str | None, bad: WorkflowDefinition
) -> None:
    found = {(problem.code, problem.path, problem.node) for problem in problems(bad, FACTS)}
    assert (f"authoring.{code}", path, node) in found


def test_all_problems_come_at_once() -> None:
    bad = definition(
        llm("x", model="a/b", prompt="{{ inputs.who }}"),
        {"type": "wait", "id": "w"},
        each(items="steps.x.output +"),
        edges=[edge("x", "z")],
        output="{{ steps.y.output }}",
    )
    codes = [problem.code.removeprefix("authoring.") for problem in problems(bad, FACTS)]
    assert sorted(codes) == [
        "choose_one",
        "malformed_expression",
        "undeclared_input",
        "unknown_model",
        "unknown_node",
        "unknown_step",
    ]


def test_a_sound_definition_of_every_kind_has_no_problems() -> None:
    sound = definition(
        llm("sort", output_schema={"type": "object", "properties": {"topic": {"type": "string"}}}),
        branch("which", "steps.sort.output.topic == 'refund'"),
        {"type": "approval", "id": "agree", "message": "{{ inputs.list.0 }}?"},
        agent(tools=[{"tool": "clock", "approval": True}]),
        {
            "type": "tool",
            "id": "time",
            "tool": "clock",
            "arguments": {"zone": "{{ steps.sort.output.zone }}"},
        },
        {
            "type": "subworkflow",
            "id": "other",
            "workflow_id": str(OTHER),
            "inputs": {"x": "{{ inputs.list }}"},
        },
        {"type": "agent", "id": "clerk", "prompt": "Hi", "agent": str(CLERK)},
        each(
            llm("in", prompt="{{ item.name }} {{ index }} {{ steps.sort.output.topic }}"),
            items="inputs.list",
            body={"nodes": [llm("in", prompt="{{ item }}")], "output": {"said": "{{ steps.in.output }}"}},
            reduce={"initial": "", "expression": "total + item.said"},
        ),
        loop(llm("better", prompt="{{ previous }}"), until="output == 'good' || index > 3"),
        {"type": "wait", "id": "later", "until": "{{ inputs.when }}"},
        edges=[
            edge("sort", "which"),
            edge("which", "agree", "yes"),
            edge("which", "a", "otherwise"),
            edge("sort", "time"),
            edge("sort", "each"),
        ],
        inputs={"list": {"type": "array"}, "when": {}, "shop": {}},
        output={
            "said": "{{ steps.agree.output.approved }}{{ steps.a.output }}",
            "all": "{{ steps.each.output }}",
        },
    )
    assert problems(sound, FACTS) == []
