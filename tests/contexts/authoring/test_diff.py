from typing import Any

from contexts.authoring.diff import Change, diff, release_diff
from schemas.authoring.definition import Release, WorkflowDefinition
from schemas.authoring.nodes import Body, MapNode, Node
from schemas.authoring.parts import InputSpec
from schemas.authoring.tools import BuiltinTool
from tests.support.builders import llm, noop, text, workflow

PLAIN = workflow(text("a", "one"), llm("b"), edges=[("a", "b")])


def each(*nodes: Node) -> MapNode:
    return MapNode(type="map", id="each", items="[1]", body=Body(nodes=nodes))


def test_equal_definitions_do_not_differ() -> None:
    assert diff(PLAIN, WorkflowDefinition.model_validate(PLAIN.model_dump())) == []


def test_a_node_is_known_by_its_id_wherever_it_stands() -> None:
    assert diff(PLAIN, workflow(llm("b"), text("a", "one"), edges=[("a", "b")])) == []


def test_a_field_of_a_node_is_named() -> None:
    changed = workflow(text("a", "two"), llm("b"), edges=[("a", "b")])
    assert diff(PLAIN, changed) == [Change("nodes.a.template", "changed", "one", "two")]


def test_nodes_and_edges_come_and_go() -> None:
    found = diff(PLAIN, workflow(text("a", "one"), noop("c"), edges=[("a", "c")]))
    assert [(change.path, change.kind) for change in found] == [
        ("nodes.b", "removed"),
        ("nodes.c", "added"),
        ("edges.a -> b", "removed"),
        ("edges.a -> c", "added"),
    ]
    assert found[0].before["model"] == "local/smollm2"
    assert (found[1].before, found[1].after["type"]) == (None, "noop")


def test_bodies_are_looked_into() -> None:
    found = diff(workflow(each(text("x", "one"), noop("y"))), workflow(each(noop("y"), text("x", "two"))))
    assert found == [Change("nodes.each.body.nodes.x.template", "changed", "one", "two")]


def test_inputs_outputs_and_limits_are_compared_too() -> None:
    changes: dict[str, Any] = {"inputs": {"topic": InputSpec()}, "output": {"said": "x"}, "idle_seconds": 5}
    found = diff(workflow(noop("a")), workflow(noop("a"), **changes))
    assert {(change.path, change.kind) for change in found} == {
        ("inputs.topic", "added"),
        ("output", "changed"),
        ("idle_seconds", "changed"),
    }


def test_json_tells_one_from_true() -> None:
    old, new = workflow(noop("a"), output={"x": 1}), workflow(noop("a"), output={"x": True})
    assert diff(old, new) == [Change("output.x", "changed", 1, True)]


def test_releases_of_one_definition_differ_in_what_they_are_pinned_to() -> None:
    clock = BuiltinTool(type="builtin", name="now")
    [change] = release_diff(Release(definition=PLAIN), Release(definition=PLAIN, tools={"clock": clock}))
    assert (change.path, change.kind, change.after["name"]) == ("tools.clock", "added", "now")
