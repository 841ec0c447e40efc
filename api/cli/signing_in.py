"""`hb register`, `hb login` and what comes after: the API's own routes, one each."""

from typing import Any

from rich.markup import escape

from api.cli.errors import Refused
from api.cli.kept_login import Here
from api.cli.look import TICK, out, table
from api.cli.second_factor import signed_in


def register(at: Here, body: dict[str, str | None], password: str) -> None:
    wish = {name: value for name, value in body.items() if value is not None}
    at.ask("POST", "/auth/register", json={**wish, "password": password})
    out.print(f"{TICK} a code is on its way to {escape(wish['email'])}: [name]hb verify[/]")


def verify(at: Here, email: str | None, code: str | None, link: str | None) -> None:
    told = at.ask("POST", "/auth/verify", json=shown(email, code, link))
    if told["token"] is None:
        out.print(f"{TICK} the address is verified: [name]hb login[/]")
        return
    log_in(at, told["token"])


def shown(email: str | None, code: str | None, link: str | None) -> dict[str, str | None]:
    """Of a letter."""
    return {"link": link.rpartition("#")[2]} if link else {"email": email, "code": code}


def by_password(at: Here, email: str, password: str, code: str | None = None) -> Any:
    form = {"username": email, "password": password}
    return signed_in(at, lambda: at.ask("POST", "/auth/token", data=form), code)


def log_in(at: Here, token: Any) -> None:
    at.keep(token)
    whoami(at)


def log_out(at: Here) -> None:
    """What is kept here goes whatever the platform says."""
    try:
        at.call("POST", "/auth/logout")
    except Refused as error:
        out.print(f"[quiet]{escape(str(error))}[/]")
    at.forget()
    out.print(f"{TICK} signed out")


def whoami(at: Here) -> None:
    me = at.call("GET", "/auth/me")
    places = at.call("GET", "/auth/memberships")["items"]
    here = next((place["name"] for place in places if place["current"]), "")
    out.print(f"{TICK} {escape(str(me['email']))}, [name]{me['role']}[/] at {escape(here)}")


def memberships(at: Here) -> None:
    made = table("place", "name", "level", "role", "")
    for one in at.call("GET", "/auth/memberships")["items"]:
        mark = "current" if one["current"] else ""
        made.add_row(one["place_id"], escape(one["name"]), one["level"], one["role"], mark)
    out.print(made)


def switch(at: Here, place_id: str) -> None:
    at.change(at.call("POST", "/auth/switch", json={"place_id": place_id})["access_token"])
    whoami(at)


def step_up(at: Here, proof: dict[str, Any]) -> None:
    at.change(at.call("POST", "/auth/step-up", json=proof)["access_token"])
    out.print(f"{TICK} shown: for some minutes nothing asks again")


def sessions(at: Here) -> None:
    made = table("session", "last used", "from", "with", "shown", "")
    for one in at.call("GET", "/auth/sessions")["items"]:
        made.add_row(*session_row(one))
    out.print(made)


def session_row(one: dict[str, Any]) -> tuple[str, ...]:
    mark = "current" if one["current"] else ""
    agent, shown = escape(one["user_agent"][:40]), " ".join(one["methods"])
    return one["id"], one["used_at"][:16].replace("T", " "), one["ip"], agent, shown, mark


def end_sessions(at: Here, session_id: str | None, everywhere: bool) -> None:
    path = f"/auth/sessions/{session_id}" if session_id else "/auth/sessions"
    query = {} if session_id or everywhere else {"keep": "current"}
    ended = at.call("DELETE", path, params=query)["ended"]
    out.print(f"{TICK} {ended} ended")


def forgot(at: Here, email: str) -> None:
    at.ask("POST", "/auth/password/forgot", json={"email": email})
    out.print(f"{TICK} if {escape(email)} is known, a code is on its way: [name]hb password reset[/]")


def reset(at: Here, proof: dict[str, str | None], password: str) -> None:
    at.ask("POST", "/auth/password/reset", json={**proof, "password": password})
    out.print(f"{TICK} the password is set, and everybody signed out: [name]hb login[/]")


def unlock(at: Here, proof: dict[str, str | None]) -> None:
    """Without a code or a link, ask for them."""
    if proof.get("link") or proof.get("code"):
        at.ask("POST", "/auth/unlock", json=proof)
        out.print(f"{TICK} unlocked: [name]hb login[/]")
        return
    at.ask("POST", "/auth/unlock/request", json={"email": proof["email"]})
    out.print(f"{TICK} if the account is known, a code is on its way: [name]hb password unlock[/]")


def change(at: Here, current: str | None, password: str) -> None:
    given = {"current": current} if current else {}
    ended = at.call("POST", "/auth/password", json={**given, "password": password})["ended"]
    out.print(f"{TICK} the password is changed; {ended} other sessions ended")
