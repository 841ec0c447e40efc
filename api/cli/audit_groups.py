"""Commands in groups: `hb ledger`, `hb audit`."""

from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import typer

from api.cli.money_groups import ledger
from api.cli.options import Data, settings_for

Period = Annotated[str | None, typer.Option(help="A month, e.g. 2026-09.")]
Target = Annotated[Path, typer.Argument(help="The file to write.", dir_okay=False)]

audit = typer.Typer(no_args_is_help=True, help="For auditors: exports, replays, reconciliation, archives.")


@ledger.command("verify")
def ledger_verify(
    processes: Annotated[int, typer.Option(help="How many take a part each.", min=1, max=64)] = 2,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Also build every projection of money anew, and compare it.")
    ] = False,
    data: Data = None,
) -> None:
    """Verify everything: events, leaves, chain, tree, signatures, amounts, sums of projections."""
    from api.cli import verifying

    raise typer.Exit(verifying.verify_ledger(settings_for(data), processes, rebuild))


@ledger.command("keys")
def ledger_keys(data: Data = None) -> None:
    """All keys that ever signed checkpoints, and of which sizes."""
    from api.cli import signing_keys

    signing_keys.show(settings_for(data))


@ledger.command("rotate-key")
def ledger_rotate_key(
    overlap: Annotated[
        int,
        typer.Option(
            help="For so many days the old key signs as well. 0: it is not to be trusted.", min=0, max=366
        ),
    ] = 30,
    data: Data = None,
) -> None:
    """Give the ledger a new key. The old one signs beside it for a time, and stays known for ever."""
    from api.cli import signing_keys

    signing_keys.rotate(settings_for(data), overlap)


@audit.command("key")
def audit_key(data: Data = None) -> None:
    """The public key that checkpoints are signed with."""
    from api.cli import auditing

    auditing.show_key(settings_for(data))


@audit.command("export")
def audit_export(
    file: Target,
    tenant: Annotated[UUID | None, typer.Option(help="What this tenant may see of its entries.")] = None,
    partner: Annotated[UUID | None, typer.Option(help="What this partner may see of its tenants'.")] = None,
    period: Period = None,
    since: Annotated[int | None, typer.Option(help="Size of an earlier checkpoint.", min=1)] = None,
    witnessed: Annotated[
        bool, typer.Option("--witnessed", help="Of the last checkpoint that witnesses have cosigned.")
    ] = False,
    data: Data = None,
) -> None:
    """Entries with their proofs, for `verify_ledger.py`. Without tenant or partner: everything, open."""
    from api.cli import auditing

    auditing.export(settings_for(data), file, tenant, partner, period, since, witnessed)


@audit.command("replay")
def audit_replay(
    source: Annotated[
        Literal["nats", "postgres"], typer.Option(help="Where the entries come from.")
    ] = "nats",
    first: Annotated[int, typer.Option("--from", help="Audit sequence to begin with.", min=0)] = 0,
    upto: Annotated[
        int | None, typer.Option("--to", help="Where to end, without it. Absent: all.", min=0)
    ] = None,
    data: Data = None,
) -> None:
    """Add up all balances anew from the sealed entries, and compare them with what is shown."""
    from api.cli import auditing

    raise typer.Exit(auditing.replay_ledger(settings_for(data), source, first, upto))


@audit.command("reconcile")
def audit_reconcile(
    file: Annotated[
        Path, typer.Argument(help="A provider's usage export: CSV or JSON.", exists=True, dir_okay=False)
    ],
    period: Annotated[str, typer.Option(help="The month it is of, e.g. 2026-09.")],
    provider: Annotated[str, typer.Option(help="The provider, as models name it, e.g. openai.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    data: Data = None,
) -> None:
    """Compare a provider's bill with the ledger call by call, and propose reversals."""
    from api.cli import reconciling

    raise typer.Exit(reconciling.reconcile(settings_for(data), file, period, provider, as_json))


@audit.command("archive")
def audit_archive(
    segment: Annotated[int, typer.Argument(help="Which one, counted from 0.", min=0)],
    file: Target,
    data: Data = None,
) -> None:
    """Write a complete segment to a file."""
    from api.cli import auditing

    auditing.archive_segment(settings_for(data), segment, file)


@audit.command("drop")
def audit_drop(
    file: Annotated[Path, typer.Argument(help="The segment's file.", exists=True, dir_okay=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Really. Without it, only verify the file.")] = False,
    data: Data = None,
) -> None:
    """Drop an archived segment's leaves, when its file holds what was sealed. The oldest first."""
    from api.cli import auditing

    auditing.drop_segment(settings_for(data), file, yes)
