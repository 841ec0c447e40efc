"""Commands in groups: `hb keys`."""

from typing import Annotated
from uuid import UUID

import typer

from api.cli.options import Data, settings_for

keys = typer.Typer(no_args_is_help=True, help="Keys of programs, and the platform's own.")
Place = Annotated[UUID | None, typer.Argument(help="A tenant's or partner's id. Absent: the platform's.")]


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
