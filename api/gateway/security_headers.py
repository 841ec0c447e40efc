"""What browsers are told with every answer. Nothing of ours is to be framed, sniffed or embedded."""

from starlette.datastructures import MutableHeaders
from starlette.types import Scope

POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
UNLESS_SET = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
}
HSTS = "max-age=63072000; includeSubDomains"
"""Two years, as preload lists want it."""


def secure(headers: MutableHeaders, scope: Scope) -> None:
    for name, value in ALWAYS.items():
        headers[name] = value
    for name, value in UNLESS_SET.items():
        headers.setdefault(name, value)
    if scope["state"].get("https"):
        headers["Strict-Transport-Security"] = HSTS
