"""Commands of people: `hb register`, `hb login`, `hb sessions`, `hb password` and more."""

from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import Data, settings_for

if TYPE_CHECKING:
    from api.cli.kept_login import Here

Url = Annotated[str | None, typer.Option(help="Where the API is. Default: on this machine.")]
Email = Annotated[str, typer.Option(prompt="E-mail")]
Password = Annotated[str, typer.Option("--password", prompt="Password", hide_input=True)]
Code = Annotated[str | None, typer.Option(help="What your authenticator app shows, or a recovery code.")]
Passphrase = Annotated[str | None, typer.Option(help="The passkey's. Absent: it is asked for.")]
Browser = Annotated[
    bool, typer.Option("--browser/--no-browser", help="Open a browser, or only say where to go.")
]
New = Annotated[str, typer.Option("--password", prompt="New password", hide_input=True)]
MailedTo = Annotated[str | None, typer.Option("--email", help="With --code.")]
MailedCode = Annotated[str | None, typer.Option("--code", help="The code of the letter.")]
Link = Annotated[str, typer.Option(prompt="Link", help="The link of the letter, or what it has after its #.")]
OrLink = Annotated[str | None, typer.Option("--link", help="Or its link, or what that has after its #.")]

sessions = typer.Typer(no_args_is_help=True, help="Where you are signed in.")
password = typer.Typer(no_args_is_help=True, help="Your password.")


def add_to(app: typer.Typer) -> None:
    app.add_typer(sessions, name="sessions")
    app.add_typer(password, name="password")
    for command in (register, verify, login, logout, whoami, memberships, switch):
        app.command()(command)
    app.command("step-up")(step_up)


def here(data: Data, url: str | None = None) -> "Here":
    from api.cli import kept_login

    return kept_login.here(settings_for(data), url)


def asked(what: str) -> str:
    text: str = typer.prompt(what, hide_input=True)
    return text


def register(
    email: Email,
    name: Annotated[str, typer.Option(prompt="Your name")],
    company: Annotated[str, typer.Option(prompt="Company")],
    secret: Password,
    subdomain: Annotated[str | None, typer.Option(help="As wished for, if it is free.")] = None,
    url: Url = None,
    data: Data = None,
) -> None:
    """Ask for an account with a tenant of your own."""
    from api.cli import signing_in

    wish = {"email": email, "name": name, "company": company, "subdomain": subdomain}
    signing_in.register(here(data, url), wish, secret)


def verify(
    email: MailedTo = None, code: MailedCode = None, link: OrLink = None, url: Url = None, data: Data = None
) -> None:
    """Show that an address is yours. Who has just registered is signed in."""
    from api.cli import signing_in

    signing_in.verify(here(data, url), email, code, link)


def login(
    email: Annotated[str | None, typer.Option(help="Your address. Absent: it is asked for.")] = None,
    secret: Annotated[str | None, typer.Option("--password", help="Absent: it is asked for.")] = None,
    code: Code = None,
    passkey: Annotated[bool, typer.Option("--passkey", help="With this machine's passkey.")] = False,
    passphrase: Passphrase = None,
    provider: Annotated[
        str | None, typer.Option("--with", help="With another provider, by its name.")
    ] = None,
    browser: Browser = True,
    url: Url = None,
    data: Data = None,
) -> None:
    """Sign in on this machine."""
    from api.cli import signing_in

    if passkey and provider:
        raise typer.BadParameter("give --passkey or --with, not both")
    at = here(data, url)
    if passkey:
        from api.cli import passkeys

        token = passkeys.sign_in(at, passphrase or asked("Passphrase"))
    elif provider:
        from api.cli import providers

        token = providers.sign_in(at, provider, code, browser)
    else:
        email = email or typer.prompt("E-mail")
        token = signing_in.by_password(at, email, secret or asked("Password"), code)
    signing_in.log_in(at, token)


def logout(data: Data = None) -> None:
    """Sign out on this machine."""
    from api.cli import signing_in

    signing_in.log_out(here(data))


def whoami(data: Data = None) -> None:
    """Who is signed in on this machine."""
    from api.cli import signing_in

    signing_in.whoami(here(data))


def memberships(data: Data = None) -> None:
    """Your roles, and where."""
    from api.cli import signing_in

    signing_in.memberships(here(data))


def switch(place: Annotated[str, typer.Argument(help="The place's id.")], data: Data = None) -> None:
    """Go on at another of your places."""
    from api.cli import signing_in

    signing_in.switch(here(data), place)


def step_up(
    secret: Annotated[str | None, typer.Option("--password", help="Your password.")] = None,
    code: Code = None,
    passkey: Annotated[bool, typer.Option("--passkey", help="This machine's passkey.")] = False,
    passphrase: Passphrase = None,
    data: Data = None,
) -> None:
    """Show once more that it is you, before what cannot be taken back."""
    from api.cli import second_factor, signing_in

    at = here(data)
    if passkey:
        from api.cli import passkeys

        proof = passkeys.proof(at, passphrase or asked("Passphrase"))
    else:
        proof = second_factor.proof(secret, code)
    signing_in.step_up(at, proof)


@sessions.command("list")
def sessions_list(data: Data = None) -> None:
    """The last used first."""
    from api.cli import signing_in

    signing_in.sessions(here(data))


@sessions.command("end")
def sessions_end(
    session: Annotated[str | None, typer.Argument(help="Its id. Absent: all others.")] = None,
    everywhere: Annotated[bool, typer.Option("--everywhere", help="This one too.")] = False,
    data: Data = None,
) -> None:
    """Sign out somewhere else, or everywhere."""
    from api.cli import signing_in

    signing_in.end_sessions(here(data), session, everywhere)


@password.command("forgot")
def password_forgot(email: Email, url: Url = None, data: Data = None) -> None:
    """Ask for a code that sets a new one."""
    from api.cli import signing_in

    signing_in.forgot(here(data, url), email)


@password.command("reset")
def password_reset(
    new: New,
    email: MailedTo = None,
    code: MailedCode = None,
    link: OrLink = None,
    url: Url = None,
    data: Data = None,
) -> None:
    """Set a new one by that code, or the link that came with it."""
    from api.cli import signing_in

    signing_in.reset(here(data, url), signing_in.shown(email, code, link), new)


@password.command("unlock")
def password_unlock(
    email: MailedTo = None, code: MailedCode = None, link: OrLink = None, url: Url = None, data: Data = None
) -> None:
    """Lift the lock after too many tries: first with the address alone, then with the code that came."""
    from api.cli import signing_in

    signing_in.unlock(here(data, url), signing_in.shown(email, code, link))


@password.command("change")
def password_change(
    new: New,
    current: Annotated[str | None, typer.Option(help="Needed some minutes after signing in.")] = None,
    data: Data = None,
) -> None:
    """Signs out everywhere else."""
    from api.cli import signing_in

    signing_in.change(here(data), current, new)
