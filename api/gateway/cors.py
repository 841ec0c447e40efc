"""Pages of other origins: only those that are listed by name, and these with credentials."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.errors import SetupError

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
REQUEST_HEADERS = "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-Request-Id"
ANSWER_HEADERS = "Content-Disposition, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"
REMEMBERED_SECONDS = "600"


def origins(text: str | None) -> frozenset[str]:
    found = frozenset(part.strip() for part in (text or "").split(",") if part.strip())
    if wrong := sorted(origin for origin in found if not is_origin(origin)):
        fix = "List exact origins, for example `https://console.example.com`; there is no wildcard."
        raise SetupError(f"HB_CORS_ORIGINS has what is no origin: {', '.join(wrong)}.", fix)
    return found


def is_origin(text: str) -> bool:
    parts = urlsplit(text)
    return (
        parts.scheme in ("http", "https") and text == f"{parts.scheme}://{parts.netloc}" and "*" not in text
    )


class Cors:
    def __init__(self, app: ASGIApp, listed: frozenset[str]) -> None:
        self.app = app
        self.listed = listed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self.listed:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await preflight(origin in self.listed, origin)(scope, receive, send)
        else:
            await self.app(scope, receive, self._shared(origin, send))

    def _shared(self, origin: str, send: Send) -> Send:
        async def shared(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.add_vary_header("Origin")
                if origin in self.listed:
                    headers.update(allowed(origin) | {"Access-Control-Expose-Headers": ANSWER_HEADERS})
            await send(message)

        return shared


def preflight(listed: bool, origin: str) -> Response:
    """Whom we do not know is told nothing, which a browser takes for no."""
    headers = {"Vary": "Origin"}
    if listed:
        headers |= allowed(origin) | {
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Allow-Headers": REQUEST_HEADERS,
            "Access-Control-Max-Age": REMEMBERED_SECONDS,
        }
    return Response(status_code=204, headers=headers)


def allowed(origin: str) -> dict[str, str]:
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true"}
