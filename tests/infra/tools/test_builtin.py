from typing import Any

import pytest

from schemas.execution.tool_error import ToolError
from schemas.execution.types import BuiltinRequest
from tests.infra.tools.conftest import NOW, TENANT, tools


async def use(name: str, **arguments: Any) -> Any:
    return await tools("").run(TENANT, BuiltinRequest(name=name, arguments=arguments), 5)


async def test_what_they_do() -> None:
    assert await use("now") == NOW.isoformat()
    assert await use("json_parse", text='{"a": [1, null]}') == {"a": [1, None]}
    assert await use("text_split", text="a\nb") == ["a", "b"]
    assert await use("text_split", text="a, b", separator=", ") == ["a", "b"]
    assert await use("echo", text="{{ secrets.KEY }}", n=1) == {"text": "{{ secrets.KEY }}", "n": 1}


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("json_parse", {"text": "{"}, "tool.bad_request"),
        ("json_parse", {"text": "NaN"}, "tool.bad_request"),
        ("json_parse", {"text": "[" * 100_000}, "tool.bad_request"),
        ("json_parse", {"text": '"\\ud800"'}, "tool.bad_request"),
        ("json_parse", {}, "tool.bad_request"),
        ("text_split", {"text": 7}, "tool.bad_request"),
        ("text_split", {"text": "a", "separator": ""}, "tool.bad_request"),
        ("text_split", {"text": "\n" * 3000}, "tool.response_too_large"),
        ("shell", {}, "tool.unknown_builtin"),
    ],
)
async def test_what_they_refuse(name: str, arguments: dict[str, Any], code: str) -> None:
    with pytest.raises(ToolError) as caught:
        await use(name, **arguments)
    assert (caught.value.code, caught.value.retryable) == (code, False)
