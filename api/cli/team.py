"""`hb members`, `hb accept`, `hb support`, `hb erase-me`, `hb erasure`: the API's own routes."""

from typing import Any

from rich.markup import escape

from api.cli.errors import Refused
from api.cli.kept_login import Here
from api.cli.look import TICK, out, table

MANY = 100


def members(at: Here, tenant: str | None, email: str | None) -> None:
    path = f"/tenants/{tenant}/members" if tenant else "/members"
    found = at.call("GET", path, params={"limit": MANY})["items"]
    if email is not None:
        print(next((one["id"] for one in found if one["email"] == email), ""))
        return
    made = table("user", "e-mail", "name", "role")
    for one in found:
        made.add_row(one["id"], shown(one["email"]), shown(one["name"]), one["role"])
    out.print(made)


def shown(text: Any) -> str:
    """Of somebody who was erased there is no text."""
    return escape(text) if isinstance(text, str) else "[quiet]erased[/]"


def invite(at: Here, email: str, role: str) -> None:
    at.call("POST", "/invitations", json={"email": email, "role": role})
    out.print(f"{TICK} a link is on its way to {escape(email)}: [name]hb accept[/]")


def accept(at: Here, link: str, name: str, password: str) -> None:
    body = {"token": link.rpartition("#")[2], "name": name, "password": password}
    at.ask("POST", "/invitations/accept", json=body)
    out.print(f"{TICK} welcome, {escape(name)}: [name]hb login[/]")


def act(at: Here, tenant: str, user: str, reason: str, minutes: int) -> None:
    """The token is used once, to show what it shows: programs ask for their own."""
    body = {"tenant": tenant, "user": user, "reason": reason, "minutes": minutes}
    told = at.call("POST", "/impersonations", json=body)
    runs = at.with_token(told["access_token"], "GET", "/executions")["items"]
    out.print(f"{TICK} for {minutes} minutes you see what they see, and it is recorded: {len(runs)} runs")
    out.print(f"  impersonation  [name]{told['id']}[/]")


def impersonations(at: Here) -> None:
    made = table("impersonation", "who", "as", "why", "began", "")
    for one in at.call("GET", "/impersonations")["items"]:
        state = f"ended: {one['ended_by']}" if one["ended_at"] else "goes on"
        began = one["created_at"][:16].replace("T", " ")
        made.add_row(one["id"], shown(one["support"]), one["role"], escape(one["reason"]), began, state)
    out.print(made)


def end(at: Here, impersonation: str | None) -> None:
    wanted = impersonation or newest(at)
    at.call("DELETE", f"/impersonations/{wanted}")
    out.print(f"{TICK} it is over: what its token says counts no more")


def newest(at: Here) -> str:
    found = at.call("GET", "/impersonations")["items"]
    if not found:
        raise Refused("there is none.", "")
    return str(found[0]["id"])


def erase(at: Here) -> None:
    at.call("POST", "/auth/me/erase")
    at.forget()
    out.print(f"{TICK} you are forgotten here")


def erasure(at: Here, whose: str) -> None:
    receipt = at.call("GET", f"{whose}/erasure")
    if receipt["done_at"] is None:
        out.print("it is under way: there is no receipt yet")
        return
    out.print(f"{TICK} done at {receipt['done_at'][:16].replace('T', ' ')} UTC")
    made = table("what", "rows")
    for what, rows in sorted(receipt["touched"].items()):
        made.add_row(escape(what), str(rows))
    out.print(made)
