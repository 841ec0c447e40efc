"""No request body above the limit, whether its length is announced or not."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ApiProblem, respond


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
