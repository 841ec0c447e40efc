from typing import Any

import pytest

from contexts.execution.tool_requests import argument_problems, build, is_safe
from contexts.execution.tool_texts import UnfitArguments
from schemas.authoring.tools import BuiltinTool, HttpTool, McpTool
from schemas.execution.secret_references import named
from schemas.execution.types import BuiltinRequest, HttpRequest, McpRequest
from tests.support.builders import http_tool

KEY = "{{ secrets.SHOP_KEY }}"


def built(tool: HttpTool, **arguments: Any) -> HttpRequest:
    assert argument_problems(tool, arguments) == []
    request = build(tool, arguments)
    assert isinstance(request, HttpRequest)
    return request


def refused(tool: HttpTool, **arguments: Any) -> None:
    assert len(argument_problems(tool, arguments)) == 1
    with pytest.raises(UnfitArguments):
        build(tool, arguments)


def test_arguments_go_where_their_references_stand() -> None:
    tool = http_tool(
        method="PATCH",
        url="https://shop.example/orders/{{ arguments.id }}?fields={{ arguments.fields }}",
        headers={"Authorization": f"Bearer {KEY}", "X-Id": "n{{arguments.id}}"},
        query={"key": "{{secrets.SHOP_KEY}}", "flag": "{{ arguments.flag }}"},
        body={"lines": "{{ arguments.order.lines }}", "note": "of {{ arguments.id }}", "fixed": [1, None]},
    )
    request = built(tool, id=7, fields="a,b c", flag=True, order={"lines": [1, "{{ x }}"]})
    assert request == HttpRequest(
        method="PATCH",
        url="https://shop.example/orders/7?fields=a%2Cb%20c",
        headers={"Authorization": f"Bearer {KEY}", "X-Id": "n7"},
        query={"key": KEY, "flag": "true"},
        body={"lines": [1, "{{ x }}"], "note": "of 7", "fixed": [1, None]},
    )


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("../admin", "..%2Fadmin"),
        ("a/b", "a%2Fb"),
        ("a?b=c&d#e", "a%3Fb%3Dc%26d%23e"),
        ("@evil.example:80", "%40evil.example%3A80"),
        ("ü %", "%C3%BC%20%25"),
        ("{{ arguments.other }}", "%7B%7B%20arguments.other%20%7D%7D"),
        ([1], "%5B1%5D"),
    ],
)
def test_a_value_in_a_path_stays_one_value(value: Any, path: str) -> None:
    tool = http_tool(url="https://shop.example/orders/{{ arguments.id }}/lines")
    assert built(tool, id=value).url == f"https://shop.example/orders/{path}/lines"


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_value_that_would_be_another_path_is_refused(value: str) -> None:
    refused(http_tool(method="DELETE", url="https://shop.example/orders/{{ arguments.id }}"), id=value)
    assert built(http_tool(url="https://shop.example/?q={{ arguments.q }}"), q=value).url.endswith(
        f"?q={value}"
    )


SMUGGLERS: list[tuple[dict[str, str], dict[str, Any]]] = [
    ({"a": "{{ arguments.x }}"}, {"x": KEY}),
    ({"a": "{{ arguments.x }}"}, {"x": "{{secrets.OTHER}}"}),
    ({"a": "{{ arguments.x }}"}, {"x": "{{ \t secrets.OTHER\n}}"}),
    ({"a": "{{ arguments.x }}"}, {"x": {"deep": [KEY]}}),
    ({"a": "{{ arguments.x }}{{ arguments.y }}"}, {"x": "{", "y": "{ secrets.OTHER }}"}),
    ({"a": "{{ arguments.x }}{ secrets.OTHER }}"}, {"x": "{"}),
    ({"a": "{{ arguments.x }}{{ secrets.SHOP_KEY }}"}, {"x": "{{ secrets.OTHER }}{"}),
    ({"a": "{{ secrets.SHOP_KEY }}{{ arguments.x }}"}, {"x": KEY}),
]


@pytest.mark.parametrize(("texts", "arguments"), SMUGGLERS)
def test_an_argument_cannot_name_a_secret(texts: dict[str, str], arguments: dict[str, Any]) -> None:
    refused(http_tool(query=texts), **arguments)
    if "\n" not in str(arguments["x"]):
        refused(http_tool(headers=texts), **arguments)


def test_what_is_filled_in_later_is_what_the_author_named() -> None:
    """An argument may speak of secrets where nothing is filled in."""
    tool = http_tool(method="POST", url="https://shop.example/{{ arguments.x }}", body="{{ arguments.x }}")
    request = built(tool, x=KEY)
    assert request.body == KEY
    assert named(request.url) == []


def test_a_header_stays_one_header() -> None:
    tool = http_tool(headers={"X-Name": "{{ arguments.name }}"})
    refused(tool, name="a\r\nX-Admin: 1")
    refused(tool, name="a\0")


def test_what_is_one_argument_that_was_not_given_is_left_out() -> None:
    lone = {"a": "{{ arguments.a }}", "b": "x"}
    request = built(http_tool(headers=lone, query=lone, body=lone))
    assert request.headers == request.query == request.body == {"b": "x"}


def test_what_is_part_of_a_text_must_be_given() -> None:
    refused(http_tool(query={"a": "to {{ arguments.a }}"}))
    refused(http_tool(url="https://shop.example/{{ arguments.a }}"))
    refused(http_tool(body=["{{ arguments.a }}"]))
    refused(http_tool(query={"a": "{{ arguments.a.b }}, {{ arguments.a.c }}"}), a={"b": 1})


def test_what_json_cannot_carry_is_refused() -> None:
    tool = http_tool(method="POST", body="{{ arguments.x }}")
    refused(tool, x=float("nan"))
    refused(tool, x="\ud800")
    refused(tool, x="x" * 300_000)
    nested: list[Any] = []
    for _ in range(2_000):
        nested = [nested]
    refused(tool, x=nested)
    refused(http_tool(url="https://shop.example/{{ arguments.x }}"), x="x" * 9_000)


def test_arguments_must_fit_the_parameters() -> None:
    tool = http_tool(parameters={"type": "object", "required": ["a", "b"]})
    assert len(argument_problems(tool, {})) == 2
    nested = http_tool(parameters={"type": "object", "properties": {"a": {"items": {"type": "string"}}}})
    (problem,) = argument_problems(nested, {"a": ["x", 7]})
    assert problem.startswith("a.1: ")


def test_the_other_kinds_get_their_arguments_as_they_are() -> None:
    mcp = McpTool(
        type="mcp", url="https://mcp.example/{{ arguments.a }}", tool="read", headers={"Authorization": KEY}
    )
    assert build(mcp, {"a": "b/c"}) == McpRequest(
        url="https://mcp.example/b%2Fc",
        server=None,
        tool="read",
        headers={"Authorization": KEY},
        arguments={"a": "b/c"},
    )
    stdio = McpTool(type="mcp", server="files", tool="read")
    assert build(stdio, {"a": KEY}) == McpRequest(
        url=None, server="files", tool="read", headers={}, arguments={"a": KEY}
    )
    echo = BuiltinTool(type="builtin", name="echo")
    assert build(echo, {"a": 1}) == BuiltinRequest(name="echo", arguments={"a": 1})


@pytest.mark.parametrize(
    ("method", "safe"), [("GET", True), ("PUT", True), ("POST", False), ("PATCH", False), ("DELETE", False)]
)
def test_a_method_says_whether_repeating_is_safe_unless_the_author_does(method: str, safe: bool) -> None:
    assert is_safe(http_tool(method=method)) is safe
    assert is_safe(http_tool(method=method, safe=not safe)) is not safe


def test_other_kinds_are_safe_as_they_say() -> None:
    assert is_safe(BuiltinTool(type="builtin", name="now"))
    assert not is_safe(McpTool(type="mcp", server="files", tool="read"))
    assert is_safe(McpTool(type="mcp", server="files", tool="read", safe=True))
