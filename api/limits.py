"""No request larger than we read, none whose URL has what cannot be stored or says a thing twice."""

from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ApiProblem, invalid, respond
from schemas.envelope import Problem

MAX_URL_BYTES = 8192
NUL = Problem(code="nul_character", message="NUL characters cannot be stored.", path="url")


class UrlLimit:
    """What parts of a URL mean is for routes to say. No text has a NUL in it; no parameter is a list."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = problem_with_url(scope) if scope["type"] == "http" else None
        if problem is None:
            await self.app(scope, receive, send)
        else:
            await respond(problem, scope)(scope, receive, send)


def problem_with_url(scope: Scope) -> ApiProblem | None:
    query: bytes = scope["query_string"]
    if len(scope.get("raw_path") or scope["path"]) + len(query) > MAX_URL_BYTES:
        return ApiProblem(414, "request.url_too_long", f"A URL may have at most {MAX_URL_BYTES} bytes.")
    if "\0" in scope["path"] or b"%00" in query or b"\0" in query:
        return invalid([NUL])
    if repeated := twice_in(query):
        return invalid([Problem(code="repeated", message="Send it once.", path=f"query.{repeated[:100]}")])
    return None


def twice_in(query: bytes) -> str | None:
    """A parameter that stands there twice: whoever read the other one in front of us would disagree."""
    seen: set[str] = set()
    for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        if name in seen:
            return name
        seen.add(name)
    return None


class BodyLimit:
    """The connection stays open: closed on an unread body, it would be reset and lose the answer."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif announced(scope) > self.max_bytes:
            await respond(self._problem(), scope)(scope, receive, send)
        else:
            await self.app(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.max_bytes:
                raise self._problem()
            return message

        return counted

    def _problem(self) -> ApiProblem:
        return ApiProblem(
            413, "request.too_large", f"A request body may have at most {self.max_bytes} bytes."
        )


def announced(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0
