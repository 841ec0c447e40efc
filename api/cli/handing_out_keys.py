"""`hb keys issue` and `hb keys rotate`: the API's own routes, as who is signed in."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.markup import escape

from api.cli.errors import Refused
from api.cli.kept_login import Here
from api.cli.look import TICK, out

PROGRAMS = "/service-accounts"
MANY = 100


def issue(at: Here, program: str, role: str | None, wish: Mapping[str, Any]) -> None:
    id_ = account(at, program, role)
    show(at.call("POST", f"{PROGRAMS}/{id_}/keys", json=wish))


def rotate(at: Here, program: str, key: str | None, wish: Mapping[str, Any]) -> None:
    id_ = account(at, program)
    old = key or only_key(at.call("GET", f"{PROGRAMS}/{id_}")["keys"], datetime.now(UTC))
    show(at.call("POST", f"{PROGRAMS}/{id_}/keys/{old}/rotate", json=wish))
    out.print(f"  the one before counts for {wish['overlap_minutes']} minutes more")


def account(at: Here, program: str, role: str | None = None) -> str:
    """Its id; made when there is none and a role is given."""
    found = at.call("GET", PROGRAMS, params={"limit": MANY})["items"]
    known = [one["id"] for one in found if one["name"] == program and not one["closed"]]
    if known:
        return str(known[0])
    if role is None:
        raise Refused(f"your place has no program {program}.", "hb keys issue --role makes one.")
    made = at.call("POST", PROGRAMS, json={"name": program, "role": role})["id"]
    out.print(f"{TICK} {escape(program)} is a program of your place, [name]{role}[/]")
    return str(made)


def only_key(keys: Sequence[Mapping[str, Any]], now: datetime) -> str:
    counting = [one["id"] for one in keys if counts(one, now)]
    if len(counting) != 1:
        fix = f"Name the one: {', '.join(counting)}" if counting else "hb keys issue"
        raise Refused(f"{len(counting)} of its keys count.", fix)
    return str(counting[0])


def counts(key: Mapping[str, Any], now: datetime) -> bool:
    return not key["revoked"] and datetime.fromisoformat(key["expires_at"]) > now


def show(made: Mapping[str, Any]) -> None:
    out.print(f"{TICK} key {made['id']}")
    out.print(f"  [name]{made['key']}[/]  [quiet]shown this once[/]", soft_wrap=True)
