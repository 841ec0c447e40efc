"""`hb executions` and `hb approvals`."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from api.cli.options import Data, settings_for

executions = typer.Typer(no_args_is_help=True, help="Runs: look, steer, take along.")
approvals = typer.Typer(no_args_is_help=True, help="What runs ask people.")

Run = Annotated[UUID, typer.Argument(help="The run's id.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept with the run.")]
Limit = Annotated[int, typer.Option(help="How many at most.", min=1, max=100)]
Json = Annotated[str | None, typer.Option(help="JSON.")]


@executions.command("list")
def executions_list(
    status: Annotated[str | None, typer.Option(help="Only these: queued, running, waiting, …")] = None,
    limit: Limit = 20,
    data: Data = None,
) -> None:
    """The newest runs."""
    from api.cli import runs

    runs.show_all(settings_for(data), status, limit)


@executions.command("show")
def executions_show(run: Run, data: Data = None) -> None:
    """One run: where it is, what it came to, its steps."""
    from api.cli import runs

    runs.show_one(settings_for(data), run)


@executions.command("timeline")
def executions_timeline(
    run: Run,
    values: Annotated[bool, typer.Option(help="Also what each attempt was given, and what it gave.")] = False,
    data: Data = None,
) -> None:
    """Draw every step over time, with all attempts."""
    from api.cli import runs

    runs.show_timeline(settings_for(data), run, values)


@executions.command("bundle")
def executions_bundle(
    run: Run,
    out: Annotated[Path | None, typer.Option(help="A file; absent: standard output.")] = None,
    data: Data = None,
) -> None:
    """Everything a run was made of, as JSON: what ran, inputs, answers from outside, outcome."""
    from api.cli import runs

    runs.export(settings_for(data), run, out)


@executions.command("cancel")
def executions_cancel(run: Run, reason: Reason = "", data: Data = None) -> None:
    """End a run and all it started."""
    from api.cli import steering

    steering.cancel(settings_for(data), run, reason)


@executions.command("terminate")
def executions_terminate(run: Run, reason: Reason = "", data: Data = None) -> None:
    """End a run whatever is the matter with it."""
    from api.cli import steering

    steering.terminate(settings_for(data), run, reason)


@executions.command("pause")
def executions_pause(run: Run, data: Data = None) -> None:
    """Begin nothing new in a run; what is under way is finished."""
    from api.cli import steering

    steering.pause(settings_for(data), run)


@executions.command("resume")
def executions_resume(run: Run, data: Data = None) -> None:
    """Let a paused run go on."""
    from api.cli import steering

    steering.resume(settings_for(data), run)


@executions.command("signal")
def executions_signal(
    run: Run, name: Annotated[str, typer.Argument(help="The event.")], payload: Json = None, data: Data = None
) -> None:
    """Send a run an event it waits for."""
    from api.cli import steering

    steering.signal(settings_for(data), run, name, payload)


@executions.command("fork")
def executions_fork(
    run: Run,
    node: Annotated[str | None, typer.Option("--from", help="The first step to do anew.")] = None,
    inputs: Json = None,
    data: Data = None,
) -> None:
    """Run it again; the steps before --from are reused."""
    from api.cli import steering

    steering.fork(settings_for(data), run, node, inputs)


@approvals.command("list")
def approvals_list(
    every: Annotated[bool, typer.Option("--all", help="Answered and abandoned ones too.")] = False,
    limit: Limit = 20,
    data: Data = None,
) -> None:
    """What people are asked now."""
    from api.cli import runs

    runs.show_approvals(settings_for(data), every, limit)


@approvals.command("answer")
def approvals_answer(
    run: Run,
    node: Annotated[str, typer.Argument(help="The step that asks.")],
    approved: Annotated[bool, typer.Option("--approve/--reject", help="Yes or no.")],
    form: Annotated[str | None, typer.Option("--data-json", help="What the form asks for, as JSON.")] = None,
    data: Data = None,
) -> None:
    """Answer for them."""
    from api.cli import steering

    steering.answer(settings_for(data), run, node, approved, form)
