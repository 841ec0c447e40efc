"""`hb mail`: letters that were kept because no mail server is set up."""

from typing import Annotated

import typer

from api.cli.options import Data, settings_for

mail = typer.Typer(no_args_is_help=True, help="Letters kept where no mail server is set up.")


@mail.command("list")
def mail_list(data: Data = None) -> None:
    """The newest first."""
    from api.cli import kept_mail

    kept_mail.show_all(settings_for(data))


@mail.command("show")
def mail_show(
    letter: Annotated[str, typer.Argument(help="The letter's id, or how it begins.")], data: Data = None
) -> None:
    """One letter whole: its code, its link."""
    from api.cli import kept_mail

    kept_mail.show_one(settings_for(data), letter)


@mail.command("link")
def mail_link(
    to: Annotated[str, typer.Option(help="Whose letter.")],
    page: Annotated[str | None, typer.Option(help="What it opens: verify, reset, unlock.")] = None,
    data: Data = None,
) -> None:
    """The link in the newest letter to somebody. Waits some seconds for it, as letters take a moment."""
    from api.cli import kept_mail

    kept_mail.show_link(settings_for(data), to, page)
