"""One HTTP operation as a tool."""

from collections.abc import Mapping
from typing import Any

import httpx2

from infra.outbound import Answer, Headers, Outbound, OutboundRefused
from infra.tools import failures
from infra.tools.json_values import NotJson, parsed
from schemas.execution.tool_error import ToolError
from schemas.execution.types import HttpRequest

FORM = "application/x-www-form-urlencoded"


class HttpTools:
    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound

    async def run(self, request: HttpRequest, seconds: float) -> dict[str, Any]:
        """`request` holds its secrets already. `{"status": …, "body": …}`, the body as JSON if it is that."""
        try:
            answer = await self._send(request, seconds)
        except OutboundRefused as refusal:
            raise failures.of_refusal(refusal) from None
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise failures.of_transport(error) from None
        except TimeoutError:
            raise failures.timed_out(seconds) from None
        if answer.status >= 400:
            raise failures.of_status(answer.status, answer.headers, text_of(answer).strip())
        return {"status": answer.status, "body": body_of(answer)}

    async def _send(self, request: HttpRequest, seconds: float) -> Answer:
        url = httpx2.URL(request.url).copy_merge_params(request.query)
        headers = wire_headers(request.headers)
        return await self._outbound.send(request.method, url, seconds, headers, **sent_body(request))


def wire_headers(headers: Mapping[str, str]) -> Headers:
    """As bytes: httpx2 would take ASCII only, and quote the value in its error."""
    for name, value in headers.items():
        if any(ord(character) < 32 or ord(character) == 127 for character in value):
            message = f"The header {name} would hold control characters: look at its secrets."
            raise ToolError("tool.invalid_header", message)
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def sent_body(request: HttpRequest) -> dict[str, Any]:
    """JSON, but as the tool's own content type says: a form of an object's fields, or text as it is."""
    kind = content_type({name.lower(): value for name, value in request.headers.items()})
    if request.body is None:
        return {}
    if kind == FORM and isinstance(request.body, dict):
        return {"data": request.body}
    if kind and not is_json(kind) and isinstance(request.body, str):
        return {"content": request.body.encode()}
    return {"json": request.body}


def body_of(answer: Answer) -> Any:
    if not is_json(content_type(answer.headers)) or not answer.body:
        return text_of(answer)
    try:
        return parsed(answer.body)
    except NotJson:
        message = "The server says that its answer is JSON, and it is none that we can take."
        raise ToolError("tool.response_unreadable", message, error_class="invalid_output") from None


def text_of(answer: Answer) -> str:
    return answer.body.decode(errors="replace")


def content_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def is_json(kind: str) -> bool:
    return kind == "application/json" or kind.endswith("+json")
