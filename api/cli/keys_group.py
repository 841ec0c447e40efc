"""Commands in groups: `hb keys`."""

import typer

from api.cli.options import Data, settings_for

keys = typer.Typer(no_args_is_help=True, help="The platform's own keys.")


@keys.command("rotate-tokens")
def keys_rotate_tokens(data: Data = None) -> None:
    """Let the next key sign access tokens. Nobody is signed out."""
    from api.cli import token_keys

    token_keys.rotate_tokens(settings_for(data))
