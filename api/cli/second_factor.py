"""Signing in goes on with a second factor, for who has one."""

import re
import sys
from collections.abc import Callable, Sequence
from typing import Any

import typer

from api.cli.errors import Refused
from api.cli.kept_login import Here

APP_CODE = re.compile(r"\d{3} ?\d{3}")


def signed_in(at: Here, begin: Callable[[], Any], code: str | None) -> Any:
    """What `begin` answers, or what comes of showing the factor it asks for."""
    try:
        return begin()
    except Refused as refused:
        problem = refused.problem
        if problem.get("code") != "auth.mfa_required":
            raise
        if not (code or sys.stdin.isatty()):
            raise Refused(refused.message, "Add --code, or hb login --passkey.", problem) from refused
    body = shown(code or asked(problem["methods"]))
    return at.ask("POST", "/auth/token/mfa", json={"mfa_token": problem["mfa_token"], **body})


def shown(code: str) -> dict[str, str]:
    """Six digits are an app's; a recovery code has letters."""
    return {"totp" if APP_CODE.fullmatch(code) else "recovery_code": code}


def proof(password: str | None, code: str | None) -> dict[str, str]:
    """That it is still oneself."""
    if password and not code:
        return {"password": password}
    if code and not password:
        return shown(code)
    raise Refused("one thing shows that it is you.", "hb step-up with --password, --code or --passkey.")


def asked(methods: Sequence[str]) -> str:
    apps = "What your app shows, or a recovery code"
    text: str = typer.prompt(apps if "totp" in methods else "A recovery code (or: hb login --passkey)")
    return text
