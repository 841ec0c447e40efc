"""`hb factors`: what is asked for beside the password."""

from collections.abc import Sequence

from rich.markup import escape

from api.cli.kept_login import Here
from api.cli.look import TICK, out, table
from api.cli.qr import picture


def show(at: Here) -> None:
    found = at.call("GET", "/auth/factors")
    made = table("factor", "")
    made.add_row("password", yes(found["password"]))
    made.add_row("authenticator app", yes(found["totp"]))
    made.add_row("passkeys", str(found["passkeys"]))
    made.add_row("recovery codes left", str(found["recovery_codes_left"]))
    made.add_row("other providers", escape(", ".join(found["providers"])) or "none")
    out.print(made)
    enough = "is not enough" if found["mfa"] else "is enough"
    out.print(f"[quiet]a password alone {enough}[/]")


def yes(there: bool) -> str:
    return "yes" if there else "[quiet]no[/]"


def add_app(at: Here) -> None:
    made = at.call("POST", "/auth/factors/totp")
    if out.is_terminal:
        out.print(picture(made["uri"]))
    out.print(f"  address  [name]{escape(made['uri'])}[/]", soft_wrap=True)
    out.print(f"  secret   [name]{made['secret']}[/]  [quiet]shown this once[/]")
    out.print("give either to your app, then what it shows to: [name]hb factors confirm[/]")


def confirm(at: Here, code: str) -> None:
    codes = at.call("POST", "/auth/factors/totp/confirm", json={"code": code})["recovery_codes"]
    out.print(f"{TICK} from now on signing in asks for the app")
    show_codes(codes)


def remove_app(at: Here) -> None:
    at.call("DELETE", "/auth/factors/totp")
    out.print(f"{TICK} signing in asks for the app no more")


def renew_codes(at: Here) -> None:
    codes = at.call("POST", "/auth/factors/recovery-codes")["recovery_codes"]
    out.print(f"{TICK} those before are good no more")
    show_codes(codes)


def show_codes(codes: Sequence[str] | None) -> None:
    """They come with the first factor only."""
    if codes is None:
        return
    out.print("  recovery codes, each good once without your device  [quiet]shown this once[/]")
    for code in codes:
        out.print(f"  [name]{code}[/]")
