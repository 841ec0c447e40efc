"""Commands in groups: `hb admin`, `hb projections`, `hb payloads`, `hb dlq`."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import Data, settings_for

Folder = Path | None
Name = Annotated[str, typer.Argument(help="The projection's name.")]

admin = typer.Typer(no_args_is_help=True, help="Platform admins.")
projections = typer.Typer(no_args_is_help=True, help="Read models: look, rebuild, repair.")
payloads = typer.Typer(no_args_is_help=True, help="Large values of events, kept by month.")
nats = typer.Typer(no_args_is_help=True, help="Who may do what on the message bus.")
dlq = typer.Typer(no_args_is_help=True, help="Messages nobody could handle.")


@nats.command("permissions")
def nats_permissions() -> None:
    """The users an external NATS should have, as a block for its configuration."""
    from api.cli import nats_permissions as body

    body.show()


@admin.command("create")
def admin_create(
    email: Annotated[str, typer.Option(prompt="E-mail")],
    name: Annotated[str, typer.Option(prompt="Name")],
    password: Annotated[
        str | None, typer.Option(help="At least 12 characters. Absent: one is made and shown once.")
    ] = None,
    data: Data = None,
) -> None:
    """Register a platform admin."""
    from api.cli import people

    people.create_admin(settings_for(data), email, name, password)


@projections.command("list")
def projections_list(data: Data = None) -> None:
    """How far each one is behind."""
    from api.cli import repair

    repair.show_lag(settings_for(data))


@projections.command("rebuild")
def projections_rebuild(name: Name, data: Data = None) -> None:
    """Build it anew beside the live one, then switch."""
    from api.cli import repair

    repair.rebuild_one(settings_for(data), name)


@projections.command("resume")
def projections_resume(name: Name, data: Data = None) -> None:
    """Let a stopped one go on."""
    from api.cli import repair

    repair.resume_one(settings_for(data), name)


@projections.command("unpark")
def projections_unpark(
    name: Name, stream: Annotated[str, typer.Argument(help="The parked stream.")], data: Data = None
) -> None:
    """Apply what a parked stream missed."""
    from api.cli import repair

    repair.unpark_one(settings_for(data), name, stream)


@payloads.command("usage")
def payloads_usage(data: Data = None) -> None:
    """What each month takes."""
    from api.cli import payload_months

    payload_months.show_usage(settings_for(data))


@payloads.command("drop")
def payloads_drop(
    before: Annotated[str, typer.Option(help="A month, e.g. 2026-08: all before it go.")],
    yes: Annotated[bool, typer.Option("--yes", help="Really. Without it, only tell what would go.")] = False,
    data: Data = None,
) -> None:
    """Drop whole months, for ever. This month and the last one stay."""
    from api.cli import payload_months

    payload_months.drop_before(settings_for(data), before, yes)


@dlq.command("list")
def dlq_list(data: Data = None) -> None:
    """The oldest dead letters."""
    from api.cli import letters

    letters.show_all(settings_for(data))


@dlq.command("show")
def dlq_show(letter: Annotated[int, typer.Argument(help="Its id.")], data: Data = None) -> None:
    """One dead letter, whole."""
    from api.cli import letters

    letters.show_one(settings_for(data), letter)


@dlq.command("retry")
def dlq_retry(
    letter: Annotated[int | None, typer.Argument(help="Its id.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    data: Data = None,
) -> None:
    """Give a letter, or all, to its consumer again."""
    from api.cli import letters

    if (letter is None) != every:
        raise typer.BadParameter("give an id, or --all")
    letters.retry(settings_for(data), letter)
