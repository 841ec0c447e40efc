"""`hb login --with` and `hb identities`: the browser goes to a provider and comes back to this machine."""

import webbrowser
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from rich.markup import escape

from api.cli.errors import Refused
from api.cli.kept_login import Here
from api.cli.listening import listening
from api.cli.look import TICK, out, table
from api.cli.second_factor import signed_in

Begin = Callable[[Here, int], Any]
"""Asks the platform where the browser is to go; given the port that is listened to here."""


def path_of(provider: str, rest: str = "") -> str:
    return f"/auth/oidc/{quote(provider, safe='')}{rest}"


def sign_in(at: Here, provider: str, code: str | None, browser: bool) -> Any:
    """Tokens."""

    def begin(here: Here, port: int) -> Any:
        return here.ask("GET", path_of(provider, "/start"), params={"port": port})

    with at.visit(at.url) as here:
        return signed_in(here, lambda: round_trip(here, provider, begin, browser)["token"], code)


def link(at: Here, provider: str, browser: bool) -> None:
    def begin(here: Here, port: int) -> Any:
        return here.call("POST", path_of(provider, "/link"), json={"port": port})

    with at.visit(at.login().url) as here:
        round_trip(here, provider, begin, browser)
    out.print(f"{TICK} linked: [name]hb login --with {escape(provider)}[/]")


def round_trip(here: Here, provider: str, begin: Begin, browser: bool) -> Any:
    """The cookie of the first answer, which nobody else has, makes the return count."""
    with listening() as listener:
        address = begin(here, listener.port)["url"]
        listener.state = state_in(address)
        show(address, browser)
        query = listener.query()
    return here.ask("GET", f"{path_of(provider, '/callback')}?{query}")


def state_in(address: str) -> str:
    parts = urlsplit(address)
    states = parse_qs(parts.query).get("state", [])
    if parts.scheme not in ("https", "http") or len(states) != 1:
        raise Refused("the platform sends the browser to no provider.", "Ask whoever runs it.")
    return states[0]


def show(address: str, browser: bool) -> None:
    if browser and webbrowser.open(address):
        out.print("go on in the browser")
    else:
        out.print(f"open in a browser on this machine: [link]{escape(address)}[/]", soft_wrap=True)


def identities(at: Here) -> None:
    linked = at.call("GET", "/auth/factors")["providers"]
    offered = {one["name"]: one["label"] for one in at.call("GET", "/auth/oidc")["items"]}
    made = table("provider", "called", "")
    for name in sorted({*offered, *linked}):
        made.add_row(name, escape(offered.get(name, "")), "linked" if name in linked else "")
    out.print(made)


def unlink(at: Here, provider: str) -> None:
    at.call("DELETE", path_of(provider))
    out.print(f"{TICK} it signs you in no more")
