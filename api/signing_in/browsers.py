"""What binds an attempt to sign in to the browser it began in: a cookie with a secret."""

import secrets
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

NAME = "hb_browser"
SECURE_NAME = "__Host-hb_browser"
SECONDS = 600
BYTES = 32
MOST_CHARACTERS = 100


def browser_in(request: HTTPConnection) -> str | None:
    value = request.cookies.get(name(request))
    return value if value and len(value) <= MOST_CHARACTERS else None


def bound(request: Request, response: Response) -> str:
    """The browser's secret; attempts it has under way keep theirs."""
    secret = browser_in(request) or secrets.token_urlsafe(BYTES)
    keep(request, response, secret)
    return secret


def keep(request: Request, response: Response, secret: str) -> None:
    response.set_cookie(name(request), secret, max_age=SECONDS, **attributes(request))


def name(request: HTTPConnection) -> str:
    return SECURE_NAME if request.state.https else NAME


def attributes(request: HTTPConnection) -> dict[str, Any]:
    """Lax: it comes along when a provider sends the browser back. On plain http it could not be secure."""
    return {"path": "/", "httponly": True, "samesite": "lax", "secure": request.state.https}
