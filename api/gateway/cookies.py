"""The console's session in a cookie: tokens sealed by us, which no page and no browser extension reads."""

from dataclasses import dataclass
from typing import Any, Protocol

from fastapi import Request
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.crypto.secrets import UnreadableSecret

NAME = "hb_session"
SECURE_NAME = "__Host-hb_session"
"""The prefix binds it to this very host, by https: no other subdomain can set it."""

MOST_BYTES = 3_800
"""Browsers keep 4096, with the name and the attributes."""


class Box(Protocol):
    def seal(self, plain: bytes) -> bytes: ...

    def open(self, sealed: bytes) -> bytes: ...


class SessionTokens(BaseModel):
    model_config = ConfigDict(frozen=True)

    access: str
    refresh: str


@dataclass(frozen=True)
class SessionCodec:
    """A cookie's value: opaque, bounded, and ours alone to make and to read."""

    box: Box

    def sealed(self, tokens: SessionTokens) -> str:
        value = self.box.seal(tokens.model_dump_json().encode()).decode()
        if len(value) > MOST_BYTES:
            raise ValueError(f"a session cookie may have at most {MOST_BYTES} bytes, not {len(value)}")
        return value

    def opened(self, value: str) -> SessionTokens | None:
        """None for what is not ours."""
        if len(value) > MOST_BYTES:
            return None
        try:
            return SessionTokens.model_validate_json(self.box.open(value.encode()))
        except (UnreadableSecret, ValidationError, UnicodeError):
            return None


def set_session_cookie(response: Response, request: Request, tokens: SessionTokens, seconds: int) -> None:
    """`seconds`: how long the refresh token lasts."""
    value = codec_of(request).sealed(tokens)
    response.set_cookie(name(request), value, max_age=seconds, **attributes(request))


def clear_session_cookie(response: Response, request: Request) -> None:
    response.delete_cookie(name(request), **attributes(request))


def keep_session(request: Request, tokens: SessionTokens, seconds: int) -> None:
    """Whatever the answer will be, the cookie goes with it; see `SessionCookies`."""
    response = Response()
    set_session_cookie(response, request, tokens, seconds)
    request.state.set_cookie = response.headers["set-cookie"]


def forget_session(request: Request) -> None:
    response = Response()
    clear_session_cookie(response, request)
    request.state.set_cookie = response.headers["set-cookie"]


class SessionCookies:
    """Puts the cookie on the answer that a part on the way asked for, on errors and streams too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def telling(message: Message) -> None:
            cookie = scope.get("state", {}).get("set_cookie")
            if cookie and message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        await self.app(scope, receive, telling)


def session_from(request: HTTPConnection) -> SessionTokens | None:
    value = request.cookies.get(name(request))
    return codec_of(request).opened(value) if value else None


def name(request: HTTPConnection) -> str:
    return SECURE_NAME if request.state.https else NAME


def attributes(request: HTTPConnection) -> dict[str, Any]:
    """On plain http, which is for development, a secure cookie would not come back."""
    return {"path": "/", "httponly": True, "samesite": "lax", "secure": request.state.https}


def codec_of(request: HTTPConnection) -> SessionCodec:
    found: SessionCodec = request.app.state.deps.cookies
    return found
