"""Commands in groups: `hb witness`. They need no platform: a witness runs on its owner's own machine."""

from pathlib import Path
from typing import Annotated

import typer

witness = typer.Typer(no_args_is_help=True, help="Witness a ledger, on a machine that is not its owner's.")
Folder = Annotated[Path, typer.Argument(help="The witness's folder.", file_okay=False)]


@witness.command("new")
def witness_new(
    folder: Folder,
    name: Annotated[str, typer.Option(help="Like an address without a scheme: witness.example.com/w1.")],
    ledger: Annotated[
        list[str], typer.Option(help="The ledger's public key, as `hb audit key` prints it; may be repeated.")
    ],
) -> None:
    """Make a witness: a folder with a new key, which has seen nothing of this ledger yet."""
    from api.cli import witnessing

    witnessing.make(folder, name, ledger)


@witness.command("key")
def witness_key(folder: Folder) -> None:
    """The witness's public key: for HB_WITNESSES, and for `verify_ledger.py --witness`."""
    from api.cli import witnessing

    witnessing.show_key(folder)


@witness.command("serve")
def witness_serve(
    folder: Folder,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8190,
) -> None:
    """Cosign each checkpoint that goes on from the last one seen; Ctrl-C stops it."""
    from api.cli import witnessing

    witnessing.serve(folder, host, port)
