"""`hb passkeys` and `hb login --passkey`: one key of this machine, and all that somebody has."""

from typing import Any

from rich.markup import escape

from api.cli.authenticator import Authenticator
from api.cli.errors import Refused
from api.cli.factors import show_codes
from api.cli.kept_login import Here
from api.cli.kept_passkey import KeptPasskey, made
from api.cli.look import TICK, out, table


def show(at: Here) -> None:
    shown, mine = table("passkey", "called", "made", "last used", ""), KeptPasskey(at.file).read()
    for one in at.call("GET", "/auth/passkeys")["items"]:
        mark = "this machine" if mine and one["id"] == mine.id else ""
        used = day(one["used_at"]) if one["used_at"] else "[quiet]never[/]"
        shown.add_row(one["id"], escape(one["label"]), day(one["created_at"]), used, mark)
    out.print(shown)


def day(at: str) -> str:
    return at[:16].replace("T", " ")


def add(at: Here, label: str, passphrase: str) -> None:
    """Kept before the platform knows it: a passkey that is known and lost would be one too many."""
    kept = KeptPasskey(at.file)
    if not passphrase:
        raise Refused("a passkey has a passphrase: by that it knows you.", "Choose one.")
    if kept.read() is not None:
        raise Refused("this machine has a passkey.", f"hb passkeys remove, or delete {kept.file}.")
    begun = at.call("POST", "/auth/passkeys/registration")
    device = Authenticator(begun["origin"])
    answer = device.create(begun["public_key"])
    kept.keep(made(at.login().url, device, passphrase))
    try:
        told = at.call("POST", "/auth/passkeys", json={"answer": answer, "label": label})
    except Refused:
        kept.forget()
        raise
    out.print(f"{TICK} this machine has a passkey: [name]hb login --passkey[/]")
    show_codes(told["recovery_codes"])


def remove(at: Here, passkey: str | None) -> None:
    kept = KeptPasskey(at.file)
    mine = kept.read()
    wanted = passkey or (mine.id if mine else None)
    if wanted is None:
        raise Refused("this machine has no passkey.", "hb passkeys list")
    at.call("DELETE", f"/auth/passkeys/{wanted}")
    if mine and wanted == mine.id:
        kept.forget()
    out.print(f"{TICK} it opens nothing any more")


def sign_in(at: Here, passphrase: str) -> Any:
    """Tokens. Both requests are from one browser, as far as the platform sees."""
    with at.visit(at.url) as here:
        begun = here.ask("POST", "/auth/passkeys/sign-in/options")
        answer = KeptPasskey(at.file).answer(at.url, begun, passphrase)
        return here.ask("POST", "/auth/passkeys/sign-in", json={"answer": answer})


def proof(at: Here, passphrase: str) -> dict[str, Any]:
    """That it is still oneself."""
    begun = at.call("POST", "/auth/passkeys/step-up/options")
    return {"passkey": KeptPasskey(at.file).answer(at.login().url, begun, passphrase)}
