import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contexts.authoring.dag import MAX_BYTES, problems
from contexts.authoring.facts import AuthoringFacts
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.parts import InputSpec
from schemas.envelope import Problem
from tests.support.builders import MODEL, llm, noop, text, workflow

Pairs = list[tuple[int, int]]
COUNT = 8
FACTS = AuthoringFacts(frozenset({MODEL}))
forward = st.lists(
    st.tuples(st.integers(0, COUNT - 1), st.integers(0, COUNT - 1))
    .filter(lambda pair: pair[0] != pair[1])
    .map(lambda pair: (min(pair), max(pair))),
    max_size=20,
)


def found(definition: WorkflowDefinition) -> list[Problem]:
    return problems(definition, FACTS)


def codes(definition: WorkflowDefinition) -> list[str]:
    return [problem.code.removeprefix("authoring.") for problem in found(definition)]


def graph(pairs: Pairs) -> WorkflowDefinition:
    nodes = [noop(f"n{i}") for i in range(COUNT)]
    return workflow(*nodes, edges=[(f"n{a}", f"n{b}") for a, b in pairs])


def test_a_sound_definition_has_no_problems() -> None:
    definition = workflow(
        text("greeting", "Dear {{ inputs.name }}"),
        llm("answer", prompt="{{ steps.greeting.output }}", system="{{ inputs.name }}"),
        edges=[("greeting", "answer")],
        inputs={"name": InputSpec(default="Ada")},
        output="{{ steps.answer.output }} {{ steps.greeting.output }}",
    )
    assert found(definition) == []


@given(pairs=forward)
def test_edges_that_all_point_forward_are_sound(pairs: Pairs) -> None:
    assert found(graph(pairs)) == []


@given(pairs=forward, data=st.data())
def test_an_edge_back_is_a_cycle_that_is_named(pairs: Pairs, data: st.DataObject) -> None:
    assume(pairs)
    source, target = data.draw(st.sampled_from(pairs))
    (problem,) = found(graph([*pairs, (target, source)]))
    assert problem.code == "authoring.cycle"
    assert f"n{target} -> n{source}" in problem.message


def test_each_separate_cycle_is_reported() -> None:
    assert codes(graph([(0, 1), (1, 0), (2, 3), (3, 4), (4, 2), (4, 5)])) == ["cycle", "cycle"]


def test_two_nodes_may_not_have_one_name() -> None:
    (problem,) = found(workflow(noop("a"), noop("b"), noop("a")))
    assert (problem.code, problem.node, problem.path) == ("authoring.duplicate_node", "a", "nodes.2.id")


def test_an_edge_needs_both_its_nodes() -> None:
    two = found(workflow(noop("a"), edges=[("a", "x"), ("y", "a")]))
    assert [(p.code, p.node, p.path) for p in two] == [
        ("authoring.unknown_node", "x", "edges.0.target"),
        ("authoring.unknown_node", "y", "edges.1.source"),
    ]


def test_an_edge_to_itself_is_reported_as_such() -> None:
    (problem,) = found(workflow(noop("a"), edges=[("a", "a")]))
    assert (problem.code, problem.node, problem.path) == ("authoring.self_edge", "a", "edges.0")


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("{{ inputs.nope }}", "undeclared_input"),
        ("{{ steps.nope.output }}", "unknown_step"),
        ("{{ steps.later.output }}", "unbound_step"),
        ("{{ steps.a.output }}", "unbound_step"),
        ("{{ steps.beside.output }}", "unbound_step"),
        ("{{ oops", "malformed_template"),
        ("{{ oops }}", "malformed_template"),
    ],
)
def test_a_template_refers_only_to_what_has_a_value_by_then(template: str, code: str) -> None:
    definition = workflow(
        noop("before"),
        text("a", template),
        noop("later"),
        noop("beside"),
        edges=[("before", "a"), ("a", "later")],
    )
    (problem,) = found(definition)
    assert (problem.code, problem.node, problem.path) == (f"authoring.{code}", "a", "nodes.1.template")


def test_a_step_is_bound_through_others() -> None:
    nodes = (noop("a"), noop("b"), text("c", "{{ steps.a.output }}"))
    assert codes(workflow(*nodes, edges=[("a", "b"), ("b", "c")])) == []


def test_prompt_and_system_are_templates() -> None:
    both = found(workflow(llm("a", prompt="{{ inputs.p }}", system="{{ inputs.s }}")))
    assert [p.path for p in both] == ["nodes.0.system", "nodes.0.prompt"]


@pytest.mark.parametrize(
    ("output", "code"),
    [
        ("{{ inputs.nope }}", "undeclared_input"),
        ("{{ steps.nope.output }}", "unknown_step"),
        ("{{", "malformed_template"),
    ],
)
def test_the_output_is_a_template_over_all_steps(output: str, code: str) -> None:
    (problem,) = found(workflow(noop("a"), output=output))
    assert (problem.code, problem.node, problem.path) == (f"authoring.{code}", None, "output")


def test_a_model_must_have_a_rate() -> None:
    (problem,) = found(workflow(llm("a", model="acme/gpt")))
    assert (problem.code, problem.node, problem.path) == ("authoring.unknown_model", "a", "nodes.0.model")


def test_a_default_has_the_type_of_its_input() -> None:
    (problem,) = found(workflow(noop("a"), inputs={"n": InputSpec(type="integer", default="3")}))
    assert (problem.code, problem.path) == ("authoring.default_type", "inputs.n.default")


def test_a_definition_is_bounded() -> None:
    assert codes(workflow(*(text(f"t{i}", "x" * 20_000) for i in range(4)))) == ["definition_too_large"]
    assert codes(workflow(*(text(f"t{i}", "x" * 20_000) for i in range(3)))) == []
    assert MAX_BYTES == 65_536


def test_all_problems_are_reported_at_once() -> None:
    definition = workflow(
        llm("a", model="acme/gpt", prompt="{{ inputs.x }} {{ steps.b.output }} {{ steps.c.output }}"),
        noop("b"),
        noop("b"),
        edges=[("a", "z"), ("a", "a"), ("a", "b"), ("b", "a")],
        inputs={"n": InputSpec(type="boolean", default=1)},
        output="{{ nope }}",
    )
    assert sorted(codes(definition)) == [
        "cycle",
        "default_type",
        "duplicate_node",
        "malformed_template",
        "self_edge",
        "undeclared_input",
        "unknown_model",
        "unknown_node",
        "unknown_step",
    ]
