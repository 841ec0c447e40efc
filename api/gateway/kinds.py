"""What a request is about, as far as limits care. By its path: they are asked before there is a route."""

from enum import StrEnum

from starlette.types import Scope

READING = frozenset({"GET", "HEAD", "OPTIONS"})
HOOKS = ("/hooks/", "/payments/stripe/webhook")
PROVIDERS = "/auth/oidc/"
"""There the browser is sent with GET, and signed in."""

UNLIMITED = ("/health/", "/metrics")
"""What tells whether we are well must answer when we are not."""


class Kind(StrEnum):
    SIGN_IN = "sign_in"
    READ = "read"
    WRITE = "write"
    STREAM = "stream"
    HOOK = "hook"


def kind_of(scope: Scope) -> Kind | None:
    """None: not limited."""
    path: str = scope["path"]
    if path.startswith(UNLIMITED):
        return None
    if path.startswith(PROVIDERS):
        return Kind.SIGN_IN
    if scope["method"] in READING:
        return Kind.STREAM if path.endswith("/stream") else Kind.READ
    if path.startswith(("/auth/", "/bff/")):
        return Kind.SIGN_IN
    return Kind.HOOK if path.startswith(HOOKS) else Kind.WRITE
