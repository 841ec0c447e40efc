import time
from contextlib import suppress

import pytest

from contexts.expressions import MAX_RESULT_BYTES, ExpressionError, evaluate, paths

VALUES = {
    "inputs": {
        "email": "ada@acme.example",
        "n": 3,
        "share": 2.5,
        "people": [{"age": 7}, {"age": 40}],
        "none": None,
    },
    "steps": {"draft": {"output": {"score": 0.75, "tags": ["a", "b"]}}, "skipped": {"output": None}},
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("inputs.n > 2 && steps.draft.output.score > 0.5", True),
        ("inputs.email.split('@')[1]", "acme.example"),
        ("inputs.people.filter(p, p.age >= 18).map(p, p.age)", [40]),
        (
            "{'n': inputs.n, 'tags': steps.draft.output.tags, 'none': inputs.none}",
            {"n": 3, "tags": ["a", "b"], "none": None},
        ),
        ("steps.skipped.output == null ? 'nothing' : 'something'", "nothing"),
        ("math.greatest(inputs.n, 5)", 5),
        ("double(inputs.n) / 2.0", 1.5),
        ("inputs['email'].size()", 16),
    ],
)
def test_an_expression_has_a_value(expression: str, value: object) -> None:
    assert evaluate(expression, VALUES) == value


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("inputs.n +", "<input>:1:11: Syntax error"),
        ("nobody.knows", "undeclared reference to 'nobody.knows'"),
        ("inputs.nothing", "Key not found in map"),
        ("inputs.n / 0", "divide by zero"),
        ("inputs.share / 0.0", "which JSON does not have"),
        ("inputs.n + 'a'", "No matching overloads"),
        ("timestamp('2026-01-01T00:00:00Z')", "which JSON does not have"),
        ("{1: 2}", "of a map is no string"),
        ("[1, 2][7]", "index=7 size=2"),
        ("1 + " * 400 + "1", "Exceeded max recursion depth"),
    ],
)
def test_what_goes_wrong_is_said(expression: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=r"(?s).*") as caught:
        evaluate(expression, VALUES)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "expression",
    [
        "inputs.many.map(a, inputs.many.map(b, inputs.many.map(c, a + b + c)))",
        "inputs.text.matches('^(a+)+$')",
        "(" * 200 + "1" + ")" * 200,
    ],
    ids=["nested loops", "an expensive pattern", "deep nesting"],
)
def test_no_expression_runs_for_long(expression: str) -> None:
    values = {"inputs": {"many": list(range(1_000)), "text": "a" * 10_000 + "!"}, "steps": {}}
    began = time.process_time()
    with suppress(ExpressionError):
        evaluate(expression, values)
    assert time.process_time() - began < 2


def test_a_result_is_bounded() -> None:
    values = {"inputs": {"text": "x" * MAX_RESULT_BYTES}, "steps": {}}
    with pytest.raises(ExpressionError, match="are allowed"):
        evaluate("inputs.text + inputs.text", values)


@pytest.mark.parametrize(
    "expression",
    [
        "inputs.text.replace('a', inputs.text)",
        "inputs.text.replace('', inputs.text).replace('a', inputs.text)",
        "inputs.text.split('').join(inputs.text).split('').join(inputs.text)",
        "inputs.many.map(a, inputs.text + inputs.text)",
        "inputs.many.map(a, inputs.text).join()",
        "inputs.text.split('').map(a, inputs.text)",
        "[inputs.text].map(a, a.replace('a', a))",
        "inputs.many.filter(n, inputs.text + string(n) != '')",
        "inputs.many.filter(n, inputs.text.upperAscii() != '')",
        "inputs.many.filter(n, inputs.many.map(m, inputs.text).size() > n)",
    ],
)
def test_nothing_large_is_made_on_the_way(expression: str) -> None:
    values = {"inputs": {"text": "a" * 100_000, "many": list(range(9_000))}, "steps": {}}
    with pytest.raises(ExpressionError, match="on its way"):
        evaluate(f"size({expression}) > 0", values)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("inputs.text.replace('{name}', inputs.name).size()", 200_000),
        (r"inputs.text.replace('\n', ' ').replace('\t', ' ').size()", 200_000),
        ("inputs.people.filter(p, p.age > 1).map(p, p.first + ' ' + p.last).size()", 3_000),
        ("inputs.people.map(p, p.first).join(', ').size()", 3_000 * 5 - 2),
        ("inputs.text.split('').size()", 200_000),
        ("inputs.documents.filter(d, d.kind == 'report').size()", 3_000),
        ("inputs.documents.exists(d, d.text.contains('?'))", False),
        ("inputs.documents.exists_one(d, d.kind in ['novel', 'poem'])", True),
        ("inputs.documents.all(d, d.text.size() > 100 || d.kind == 'report')", True),
    ],
)
def test_what_people_write_has_room(expression: str, value: object) -> None:
    people = [{"first": "Ada", "last": "Lovelace", "age": 36}] * 3_000
    text = "x" * 200_000
    documents = [{"kind": "novel", "text": text}] + [{"kind": "report", "text": "short"}] * 3_000
    inputs = {"text": text, "name": "Ada Lovelace", "people": people, "documents": documents}
    assert evaluate(expression, {"inputs": inputs, "steps": {}}) == value


def test_what_is_not_read_is_not_looked_at() -> None:
    assert evaluate("inputs.n + 1", {"inputs": {"n": 1, "huge": 2**80}, "steps": {}}) == 2


@pytest.mark.parametrize(
    ("expression", "read"),
    [
        (
            "inputs.items.exists(x, x.p > steps.b.output.n) && size(inputs['k']) > 1",
            {("inputs", "items"), ("inputs", "k"), ("steps", "b", "output", "n")},
        ),
        ("inputs.l.map(inputs, inputs + item)", {("inputs", "l"), ("item",)}),
        ("inputs[steps.k.output]", {("inputs",), ("steps", "k", "output")}),
        ("has(inputs.z.y)", {("inputs", "z", "y")}),
        (
            "{'a': inputs.q, steps.t.output: [item.z]}",
            {("inputs", "q"), ("steps", "t", "output"), ("item", "z")},
        ),
        ("1 + 1", set()),
    ],
)
def test_an_expression_tells_what_it_reads(expression: str, read: set[tuple[str, ...]]) -> None:
    assert paths(expression, frozenset({"inputs", "steps", "item"})) == read
