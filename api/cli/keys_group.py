"""Commands in groups: `hb keys`."""

from typing import Annotated
from uuid import UUID

import typer

from api.cli.options import Data, settings_for
from api.cli.sign_in_commands import here

keys = typer.Typer(no_args_is_help=True, help="Keys of programs, and the platform's own.")
Place = Annotated[UUID | None, typer.Argument(help="A tenant's or partner's id. Absent: the platform's.")]
Program = Annotated[str, typer.Argument(help="What it is called.")]
Days = Annotated[int, typer.Option(help="How long it counts.", min=1, max=366)]


@keys.command("rotate-tokens")
def keys_rotate_tokens(
    leaked: Annotated[bool, typer.Option("--leaked", help="Somebody may have seen them: void all.")] = False,
    data: Data = None,
) -> None:
    """Let the next key sign access tokens. Nobody is signed out."""
    from api.cli import token_keys

    token_keys.rotate_tokens(settings_for(data), leaked)


@keys.command("list")
def keys_list(place: Place = None, data: Data = None) -> None:
    """The programs of a place, their keys, and when each was used last."""
    from api.cli import program_keys as body

    body.show_all(settings_for(data), place)


@keys.command("revoke")
def keys_revoke(key: Annotated[UUID, typer.Argument(help="The key's id.")], data: Data = None) -> None:
    """End a key now, whoever's it is."""
    from api.cli import program_keys as body

    body.revoke(settings_for(data), key)


@keys.command("issue")
def keys_issue(
    program: Program,
    scope: Annotated[list[str], typer.Option(help="What it is for, as `executions:start`; again for more.")],
    role: Annotated[str | None, typer.Option(help="Makes the program, if your place has none.")] = None,
    label: Annotated[str, typer.Option(help="Which of its keys this is.")] = "hb",
    network: Annotated[
        list[str] | None, typer.Option(help="Where it counts. Absent: everywhere.", show_default=False)
    ] = None,
    days: Days = 90,
    data: Data = None,
) -> None:
    """Give a program of your place a key. It is shown once."""
    from api.cli import handing_out_keys as body

    wish = {"label": label, "scopes": scope, "networks": network or [], "days": days}
    body.issue(here(data), program, role, wish)


@keys.command("rotate")
def keys_rotate(
    program: Program,
    key: Annotated[UUID | None, typer.Argument(help="The key's id. Absent: its only one.")] = None,
    overlap: Annotated[int, typer.Option(help="Minutes the old one still counts.", min=0)] = 60,
    days: Days = 90,
    data: Data = None,
) -> None:
    """Give it a key in place of another. It is shown once."""
    from api.cli import handing_out_keys as body

    wish = {"days": days, "overlap_minutes": overlap}
    body.rotate(here(data), program, str(key) if key else None, wish)
