"""Commands in groups: `hb factors`, `hb passkeys`, `hb identities`."""

from typing import Annotated

import typer

from api.cli.options import Data
from api.cli.sign_in_commands import Browser, here

LONGEST_LABEL = 60

factors = typer.Typer(no_args_is_help=True, help="What you sign in with beside your password.")

passkeys = typer.Typer(no_args_is_help=True, help="Keys of devices that sign you in, as this machine.")

identities = typer.Typer(no_args_is_help=True, help="Your accounts at other providers.")
Provider = Annotated[str, typer.Argument(help="Its name; see hb identities list.")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(factors, name="factors")
    app.add_typer(passkeys, name="passkeys")
    app.add_typer(identities, name="identities")


@factors.command("list")
def factors_list(data: Data = None) -> None:
    """What you have."""
    from api.cli import factors as body

    body.show(here(data))


@factors.command("add-app")
def factors_add_app(data: Data = None) -> None:
    """Begin to set up an authenticator app: its address and secret."""
    from api.cli import factors as body

    body.add_app(here(data))


@factors.command("confirm")
def factors_confirm(
    code: Annotated[str, typer.Argument(help="What the app shows now.")], data: Data = None
) -> None:
    """Show that the app works. From then on it is asked for."""
    from api.cli import factors as body

    body.confirm(here(data), code)


@factors.command("remove-app")
def factors_remove_app(data: Data = None) -> None:
    """With the last factor the recovery codes go too."""
    from api.cli import factors as body

    body.remove_app(here(data))


@factors.command("recovery-codes")
def factors_recovery_codes(data: Data = None) -> None:
    """Get ten new ones. Those before are good no more."""
    from api.cli import factors as body

    body.renew_codes(here(data))


@passkeys.command("list")
def passkeys_list(data: Data = None) -> None:
    """All you have, on whatever device."""
    from api.cli import passkeys as body

    body.show(here(data))


@passkeys.command("add")
def passkeys_add(
    passphrase: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="It opens the key.")
    ],
    label: Annotated[str, typer.Option(help="What it is called.", show_default="the machine's name")] = "",
    data: Data = None,
) -> None:
    """Make one of this machine: a key in the data folder, readable by you only, under a passphrase."""
    import platform

    from api.cli import passkeys as body

    body.add(here(data), label or platform.node()[:LONGEST_LABEL], passphrase)


@passkeys.command("remove")
def passkeys_remove(
    passkey: Annotated[str | None, typer.Argument(help="Its id. Absent: this machine's.")] = None,
    data: Data = None,
) -> None:
    """Not when it is the only way to sign in."""
    from api.cli import passkeys as body

    body.remove(here(data), passkey)


@identities.command("list")
def identities_list(data: Data = None) -> None:
    """What is offered here, and what you have linked."""
    from api.cli import providers

    providers.identities(here(data))


@identities.command("link")
def identities_link(provider: Provider, browser: Browser = True, data: Data = None) -> None:
    """Sign in there once; from then on it signs you in here."""
    from api.cli import providers

    providers.link(here(data), provider, browser)


@identities.command("unlink")
def identities_unlink(provider: Provider, data: Data = None) -> None:
    """Not when it is the only way to sign in."""
    from api.cli import providers

    providers.unlink(here(data), provider)
