import json
from typing import Any

import pytest

from infra.outbound import MAX_RESPONSE_BYTES
from schemas.execution.tool_error import ToolError
from schemas.execution.types import HttpRequest
from tests.infra.tools.conftest import TENANT, tools
from tests.support.tool_server import Asked, ToolServer, answer

SECONDS = 20.0
KEY = "k3y/with+odd chars"


def request(server: ToolServer, **changes: Any) -> HttpRequest:
    defaults = {"method": "GET", "url": f"{server.url}/orders/7", "headers": {}, "query": {}}
    return HttpRequest(**{**defaults, **changes})


async def use(server: ToolServer, seconds: float = SECONDS, **changes: Any) -> Any:
    runner = tools(server.place, KEY=KEY)
    return await runner.run(TENANT, request(server, **changes), seconds)


async def failing(server: ToolServer, seconds: float = SECONDS, **changes: Any) -> ToolError:
    with pytest.raises(ToolError) as caught:
        await use(server, seconds, **changes)
    return caught.value


def json_answer(value: Any, status: int = 200, **headers: str) -> bytes:
    return answer(status, json.dumps(value).encode(), content_type="application/json", **headers)


async def test_json_is_read_as_json_and_the_rest_as_text(server: ToolServer) -> None:
    server.reply = lambda asked: json_answer({"total": 3})
    assert await use(server) == {"status": 200, "body": {"total": 3}}
    server.reply = lambda asked: answer(201, '{"ü"'.encode(), content_type="text/plain")
    assert await use(server) == {"status": 201, "body": '{"ü"'}
    server.reply = lambda asked: answer(204, content_type="application/json")
    assert await use(server) == {"status": 204, "body": ""}


async def test_headers_query_and_body_are_sent(server: ToolServer) -> None:
    await use(
        server,
        method="POST",
        url=f"{server.url}/orders?all=1",
        headers={"X-Greeting": "grüezi"},
        query={"q": "a b&c"},
        body={"lines": [1, None]},
    )
    (asked,) = server.asked
    assert asked.method == "POST"
    assert asked.target == "/orders?all=1&q=a+b%26c"
    assert asked.headers["x-greeting"].encode("latin-1").decode() == "grüezi"
    assert json.loads(asked.body) == {"lines": [1, None]}


@pytest.mark.parametrize(
    ("kind", "body", "sent"),
    [
        ("application/x-www-form-urlencoded", {"a": "1 2", "b": "x"}, b"a=1+2&b=x"),
        ("text/csv", "a;b", b"a;b"),
        ("application/json", "a", b'"a"'),
        ("application/ld+json", {"a": 1}, b'{"a":1}'),
    ],
)
async def test_the_tools_content_type_says_how_the_body_goes(
    server: ToolServer, kind: str, body: Any, sent: bytes
) -> None:
    await use(server, method="POST", headers={"Content-Type": kind}, body=body)
    assert (server.asked[0].headers["content-type"], server.asked[0].body) == (kind, sent)


STATUSES = [
    (400, "bad_request", False),
    (401, "unauthorized", False),
    (403, "unauthorized", False),
    (404, "bad_request", False),
    (409, "bad_request", False),
    (422, "bad_request", False),
    (429, "rate_limited", True),
    (500, "overloaded", True),
    (503, "overloaded", True),
]


@pytest.mark.parametrize(("status", "error_class", "retryable"), STATUSES)
async def test_a_status_has_its_class(
    server: ToolServer, status: int, error_class: str, retryable: bool
) -> None:
    server.reply = lambda asked: answer(status, b"no such order", retry_after="7")
    error = await failing(server)
    assert (error.code, error.error_class) == (f"tool.{error_class}", error_class)
    assert (error.retryable, error.retry_after, error.lost) == (retryable, 7.0, False)
    assert ("no such order" in error.message) is (status not in (401, 403))


def silent(asked: Asked) -> None:
    return None


async def test_no_answer_in_time_leaves_the_outcome_unknown(server: ToolServer) -> None:
    server.reply = silent
    error = await failing(server, 0.3)
    assert (error.code, error.error_class, error.lost) == ("tool.timeout", "timeout", True)


async def test_an_answer_that_breaks_off_leaves_the_outcome_unknown(server: ToolServer) -> None:
    server.reply = lambda asked: b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"
    error = await failing(server)
    assert (error.code, error.error_class, error.lost) == ("tool.connection", "connection", True)


async def test_what_was_never_sent_is_not_lost(server: ToolServer) -> None:
    error = await failing(server, url="http://127.0.0.1:1/")
    assert (error.code, error.retryable, error.lost) == ("tool.address_refused", False, False)
    nobody = tools("127.0.0.1:1")
    with pytest.raises(ToolError) as caught:
        await nobody.run(TENANT, request(server, url="http://127.0.0.1:1/"), SECONDS)
    error = caught.value
    assert (error.code, error.error_class) == ("tool.connection", "connection")
    assert (error.retryable, error.lost) == (True, False)


async def test_redirects_and_large_answers_are_refused(server: ToolServer) -> None:
    server.reply = lambda asked: answer(302, location=f"/?key={KEY}")
    error = await failing(server)
    assert (error.code, error.error_class) == ("tool.redirected", "invalid_output")
    server.reply = lambda asked: answer(200, b"x" * (MAX_RESPONSE_BYTES + 1))
    error = await failing(server)
    assert (error.code, error.retryable, error.lost) == ("tool.response_too_large", False, False)


@pytest.mark.parametrize(
    "body", [b"{", b"NaN", b"1e999", b"[" * 100_000, b"[" * 200 + b"]" * 200, b"\xff", b'"\\ud800"']
)
async def test_json_that_is_none_is_unreadable(server: ToolServer, body: bytes) -> None:
    server.reply = lambda asked: answer(200, body, content_type="application/json")
    assert (await failing(server)).code == "tool.response_unreadable"


async def test_a_tool_may_name_itself(server: ToolServer) -> None:
    await use(server)
    await use(server, headers={"User-Agent": "Shop/1"})
    assert [asked.headers["user-agent"] for asked in server.asked] == ["HireBuddha", "Shop/1"]
    assert [asked.names.count("user-agent") for asked in server.asked] == [1, 1]


async def test_secrets_are_filled_in_where_they_may_stand(server: ToolServer) -> None:
    reference = "{{ secrets.KEY }}"
    await use(
        server,
        method="POST",
        headers={"Authorization": f"Bearer {reference}"},
        query={"key": reference},
        body={"text": reference},
    )
    (asked,) = server.asked
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.target == "/orders/7?key=k3y%2Fwith%2Bodd+chars"
    assert json.loads(asked.body) == {"text": reference}


def echoing(status: int, kind: str) -> Any:
    def reply(asked: Asked) -> bytes:
        told = {"headers": asked.headers, "target": asked.target}
        return answer(status, json.dumps(told).encode(), content_type=kind)

    return reply


@pytest.mark.parametrize("status", [200, 400, 401, 429, 500])
@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
async def test_a_server_that_sends_secrets_back_tells_nothing(
    server: ToolServer, status: int, kind: str
) -> None:
    server.reply = echoing(status, kind)
    private: dict[str, Any] = {
        "headers": {"X-Key": "{{ secrets.KEY }}"},
        "query": {"key": "{{ secrets.KEY }}"},
    }
    try:
        told = json.dumps(await use(server, **private))
        assert "***" in told
    except ToolError as error:
        told = f"{error!r} {error.message} {error.__cause__!r} {error.__dict__}"
        assert error.__suppress_context__
    assert len(server.asked) == 1
    for written in (KEY, "k3y%2Fwith%2Bodd+chars", "k3y"):
        assert written not in told


async def test_a_secret_that_fits_no_header_is_not_told(server: ToolServer) -> None:
    runner = tools(server.place, KEY="line\r\nX-Other: 1")
    with pytest.raises(ToolError) as caught:
        await runner.run(TENANT, request(server, headers={"X-Key": "{{ secrets.KEY }}"}), SECONDS)
    assert (caught.value.code, server.asked) == ("tool.invalid_header", [])
    assert "line" not in str(caught.value)


async def test_a_long_error_is_cut_after_secrets_are_taken_out(server: ToolServer) -> None:
    """Cut before, the half of a secret would be left."""
    server.reply = lambda asked: answer(400, b"x" * 470 + asked.headers["x-key"].encode() * 9)
    error = await failing(server, headers={"X-Key": "{{ secrets.KEY }}"})
    assert len(error.message) <= 500
    assert "k3y" not in error.message
