from typing import Any

import pytest

from contexts.authoring.facts import ToolFacts
from contexts.authoring.registry import REGISTRY
from contexts.authoring.tool_checks import named_secrets
from contexts.hashes import content_hash
from schemas.authoring.commands import DeprecateTool, SetTool
from schemas.authoring.events import ToolDeprecated, ToolSet
from schemas.authoring.tools import BuiltinTool, McpTool, ToolDefinition
from schemas.base import Event
from tests.support.builders import TENANT_ID, http_tool
from tests.support.spec import Given, Spec

DEPRECATE = DeprecateTool(tenant_id=TENANT_ID, name="lookup")
DEPRECATED = ToolDeprecated(tenant_id=TENANT_ID, name="lookup")
KEY = "{{ secrets.SHOP_KEY }}"
PARAMETERS = {"type": "object", "properties": {"id": {"type": "string"}, "deep": {"type": "object"}}}


def given(*events: Event) -> Given:
    return Spec(REGISTRY).given(*events).knowing(ToolFacts(frozenset({"SHOP_KEY"})))


def set_to(definition: ToolDefinition) -> SetTool:
    return SetTool(tenant_id=TENANT_ID, name="lookup", definition=definition)


def was_set(definition: ToolDefinition) -> ToolSet:
    return ToolSet(**dict(set_to(definition)), hash=content_hash(definition))


def mcp(**changes: Any) -> McpTool:
    return McpTool(**{"type": "mcp", "tool": "read", **changes})


SOUND = [
    http_tool(),
    http_tool(
        method="POST",
        url="http://shop.example:8080/orders/{{ arguments.id }}?x={{arguments.id}}",
        headers={"Authorization": f"Bearer {KEY}", "X-Id": "{{ arguments.id }}"},
        query={"key": KEY, "deep": "{{ arguments.deep.er }}"},
        body={"ids": ["{{ arguments.id }}"], "n": 1, "text": "}} is text"},
        parameters=PARAMETERS,
    ),
    http_tool(url="https://[2606:4700::1111]/x"),
    mcp(url="https://mcp.example/mcp", headers={"Authorization": KEY}),
    mcp(server="files"),
    BuiltinTool(type="builtin", name="now"),
]


@pytest.mark.parametrize("tool", SOUND)
def test_a_sound_tool_is_set(tool: ToolDefinition) -> None:
    given().when(set_to(tool)).then(was_set(tool))


def test_a_tool_is_replaced_and_the_same_again_says_nothing() -> None:
    first, second = http_tool(), http_tool(method="PUT")
    given(was_set(first)).when(set_to(first)).nothing()
    given(was_set(first)).when(set_to(second)).then(was_set(second))


def test_a_tool_is_deprecated_once_and_comes_back_when_it_is_set() -> None:
    tool = http_tool()
    given(was_set(tool)).when(DEPRECATE).then(DEPRECATED)
    given(was_set(tool), DEPRECATED).when(DEPRECATE).nothing()
    given(was_set(tool), DEPRECATED).when(set_to(tool)).then(was_set(tool))
    given().when(DEPRECATE).refused("authoring.tool_not_found")


WRONG: list[tuple[ToolDefinition, str, str]] = [
    (http_tool(url="https://{{ arguments.id }}/x", parameters=PARAMETERS), "authoring.invalid_url", "url"),
    (http_tool(url="https://a.example{{ arguments.id }}/x"), "authoring.invalid_url", "url"),
    (http_tool(url="https://a.example:{{ arguments.id }}/x"), "authoring.invalid_url", "url"),
    (http_tool(url="https://ann:pw@a.example/"), "authoring.invalid_url", "url"),
    (http_tool(url="https:///x"), "authoring.invalid_url", "url"),
    (http_tool(url="https://bücher.example/"), "authoring.invalid_url", "url"),
    (http_tool(url="https://a.example\\@b.example/"), "authoring.invalid_url", "url"),
    (http_tool(url="https://a.example/#x"), "authoring.invalid_url", "url"),
    (http_tool(url=f"https://a.example/{KEY}"), "authoring.secret_out_of_place", "url"),
    (http_tool(body={"a": [KEY]}), "authoring.secret_out_of_place", "body.a.0"),
    (http_tool(query={"a": "{{ secrets.OTHER }}"}), "authoring.unknown_secret", "query.a"),
    (http_tool(headers={"A": "{{ secrets.other }}"}), "authoring.malformed_template", "headers.A"),
    (http_tool(headers={"A": "{{ inputs.x }}"}), "authoring.malformed_template", "headers.A"),
    (http_tool(body="{{ arguments }}"), "authoring.malformed_template", "body"),
    (http_tool(body="{{ arguments.id"), "authoring.malformed_template", "body"),
    (http_tool(body="{{ arguments.x }}", parameters=PARAMETERS), "authoring.undeclared_argument", "body"),
    (http_tool(headers={"Host": "b.example"}), "authoring.invalid_header", "headers"),
    (http_tool(headers={"content-length": "3"}), "authoring.invalid_header", "headers"),
    (http_tool(headers={"A\nB": "x"}), "authoring.invalid_header", "headers"),
    (http_tool(parameters={"type": "string"}), "authoring.malformed_schema", "parameters"),
    (
        http_tool(parameters={"type": "object", "required": 1}),
        "authoring.malformed_schema",
        "parameters.required",
    ),
    (http_tool(body="x" * 70_000), "authoring.definition_too_large", ""),
    (mcp(), "authoring.url_or_server", "url"),
    (mcp(url="https://a.example/mcp", server="files"), "authoring.url_or_server", "url"),
    (mcp(server="files", headers={"A": "b"}), "authoring.headers_without_url", "headers"),
    (mcp(url="https://{{ arguments.id }}/"), "authoring.invalid_url", "url"),
]


@pytest.mark.parametrize(("tool", "code", "path"), WRONG)
def test_what_is_wrong_is_told_with_its_place(tool: ToolDefinition, code: str, path: str) -> None:
    outcome = given().when(set_to(tool))
    outcome.refused("authoring.invalid_tool", code)
    assert outcome.refusal is not None
    assert [problem.path for problem in outcome.refusal.problems] == [path]


def test_all_problems_come_at_once() -> None:
    tool = http_tool(url="https://a@b/", headers={"Host": "x"}, body=KEY)
    given().when(set_to(tool)).refused(
        "authoring.invalid_tool",
        "authoring.invalid_header",
        "authoring.invalid_url",
        "authoring.secret_out_of_place",
    )


def test_the_secrets_a_tool_names_are_few() -> None:
    tool = http_tool(headers={f"X-{n}": f"{{{{ secrets.S{n} }}}}" for n in range(40)})
    assert len(named_secrets(tool)) == 21
    outcome = given().when(set_to(tool))
    assert outcome.refusal is not None
    assert "authoring.too_many_secrets" in [problem.code for problem in outcome.refusal.problems]


def test_secrets_of_a_malformed_tool_are_named_as_far_as_it_can_be_read() -> None:
    assert named_secrets(http_tool(headers={"A": "{{", "B": KEY}, url="https://x/{{ a }}")) == ["SHOP_KEY"]
