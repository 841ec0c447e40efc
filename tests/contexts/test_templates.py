import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contexts.templates import (
    MAX_RENDERED_BYTES,
    MalformedTemplate,
    MissingValue,
    Reference,
    RenderedTooLong,
    Values,
    fill,
    references,
    render,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def rendered(template: str, inputs: dict[str, Any] | None = None, **steps: Any) -> str:
    return render(template, Values(inputs or {}, steps))


def test_inputs_and_outputs_are_filled_in() -> None:
    text = rendered("Dear {{ inputs.name }}: {{steps.draft.output}}!", {"name": "Ada"}, draft="hello")
    assert text == "Dear Ada: hello!"


def test_paths_lead_into_objects() -> None:
    assert rendered("{{ steps.a.output.user.first-name }}", a={"user": {"first-name": "Ada"}}) == "Ada"


def test_references_are_named_as_written() -> None:
    found = references("{{ inputs.x }} {{ steps.a.output.b.c }} {{ inputs.x }}")
    assert found == (Reference("inputs", "x"), Reference("steps", "a", ("b", "c")), Reference("inputs", "x"))
    assert [str(r) for r in found] == ["inputs.x", "steps.a.output.b.c", "inputs.x"]


def test_text_that_looks_like_a_template_is_not_rendered_again() -> None:
    assert rendered("{{ inputs.x }}", {"x": "{{ inputs.secret }}", "secret": "s"}) == "{{ inputs.secret }}"


def test_closing_braces_alone_are_text_so_json_can_be_written() -> None:
    assert rendered('{"a": {"b": "{{ inputs.x }}"}}', {"x": "1"}) == '{"a": {"b": "1"}}'


@pytest.mark.parametrize(
    "template",
    [
        "{{",
        "{{ inputs.x",
        "{{ inputs.x }} {{",
        "{{}}",
        "{{ }}",
        "{{{ inputs.x }}}",
        "{{ {{ inputs.x }} }}",
        "{{ x }}",
        "{{ inputs }}",
        "{{ inputs. }}",
        "{{ inputs.x. }}",
        "{{ inputs.x..y }}",
        "{{ inputs.X }}",
        "{{ steps.a }}",
        "{{ steps.a.usage }}",
        "{{ steps.a.outputs }}",
        "{{ inputs.x | upper }}",
        "{{ inputs.x + 1 }}",
        "{{ inputs['x'] }}",
    ],
)
def test_what_is_no_reference_is_malformed(template: str) -> None:
    with pytest.raises(MalformedTemplate):
        references(template)


@pytest.mark.parametrize("template", ["{{ inputs.y }}", "{{ steps.y.output }}", "{{ inputs.x.y }}"])
def test_a_value_nobody_gave_is_missing(template: str) -> None:
    with pytest.raises(MissingValue):
        rendered(template, {"x": "text has no keys"})


def test_the_text_is_bounded_before_it_is_built() -> None:
    big = "é" * (MAX_RENDERED_BYTES // 4)
    assert len(rendered("{{ inputs.x }}{{ inputs.x }}", {"x": big}).encode()) == MAX_RENDERED_BYTES
    with pytest.raises(RenderedTooLong):
        rendered("{{ inputs.x }}{{ inputs.x }}.", {"x": big})
    with pytest.raises(RenderedTooLong):
        rendered("{{ inputs.x }}" * 1_000, {"x": big})


@given(value=json_values.filter(lambda value: value is not None))
def test_anything_but_text_is_rendered_as_json(value: Any) -> None:
    text = rendered("{{ inputs.x }}", {"x": value})
    assert text == value if isinstance(value, str) else json.loads(text) == value


@given(text=st.text(max_size=200).filter(lambda t: "{{" not in t))
def test_text_without_references_stays_as_it_is(text: str) -> None:
    assert rendered(text) == text
    assert rendered("{{ inputs.x }}", {"x": text}) == text


@given(template=st.text(alphabet="{} inputs.xeo", max_size=40))
def test_a_template_is_either_read_or_malformed(template: str) -> None:
    try:
        found = references(template)
    except MalformedTemplate:
        return
    assert len(found) == template.count("{{")


def test_null_is_rendered_as_nothing_and_has_only_null_inside() -> None:
    skipped = Values({}, {"maybe": None})
    assert render("[{{ steps.maybe.output }}{{ steps.maybe.output.deep.down }}]", skipped) == "[]"


def test_a_lone_reference_keeps_its_type_in_a_json_template() -> None:
    values = Values({"n": 3, "who": "Ada"}, {"found": [{"name": "Bo"}]})
    template = {
        "n": "{{ inputs.n }}",
        "hi": "Hi {{ inputs.who }}",
        "first": ["{{ steps.found.output.0.name }}", 1],
    }
    assert fill(template, values) == {"n": 3, "hi": "Hi Ada", "first": ["Bo", 1]}


def test_local_names_are_known_where_they_are() -> None:
    assert fill("{{ item.name }} {{ index }}", Values({}, {}, {"item": {"name": "x"}, "index": 2})) == "x 2"
    with pytest.raises(MissingValue):
        fill("{{ item }}", Values({}, {}))
