"""A cookie comes along whoever made the browser ask. What changes something must come from our own pages."""

from collections.abc import Set

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from api.errors import ApiProblem

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def demand_own_page(request: HTTPConnection) -> None:
    """For requests that a cookie signs in."""
    limits = request.app.state.deps.limits
    if request.scope["method"] in SAFE or own_page(request.headers, request.state.https, limits.cors_origins):
        return
    detail = "With a cookie, only our own pages may do this. Other programs send a bearer token."
    raise ApiProblem(403, "auth.cross_site", detail)


def own_page(headers: Headers, https: bool, listed: Set[str]) -> bool:
    """By what the browser says of the page, which a page cannot change. Nothing said is no."""
    origin = headers.get("origin")
    if origin in listed:
        return True
    if (site := headers.get("sec-fetch-site")) is not None:
        return site == "same-origin"
    return origin == f"{'https' if https else 'http'}://{headers.get('host', '')}"
