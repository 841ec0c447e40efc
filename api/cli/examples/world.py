"""The service outside that an example's tools ask."""

from collections.abc import Collection, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


def world(answers: Mapping[str, Any], keys: Collection[str]) -> Starlette:
    """Answers by path, to who brings one of the keys."""
    allowed = {f"Bearer {key}" for key in keys}

    async def answer(request: Request) -> JSONResponse:
        if request.headers.get("authorization") not in allowed:
            return JSONResponse({"error": "no key, or a wrong one"}, 401)
        if request.url.path not in answers:
            return JSONResponse({"error": "not found"}, 404)
        return JSONResponse(answers[request.url.path])

    return Starlette(routes=[Route("/{path:path}", answer)])
