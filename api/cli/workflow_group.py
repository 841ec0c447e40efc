"""`hb workflows`: workflows as files, and recorded runs played against changed ones."""

from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import typer

from api.cli.options import Data

workflows = typer.Typer(no_args_is_help=True, help="Workflows as files: export, import, compare, rehearse.")

Id = Annotated[UUID, typer.Argument(help="The workflow's id.")]
Url = Annotated[str | None, typer.Option(help="The platform's API. Default: this machine's.")]
Email = Annotated[str, typer.Option(help="E-mail address of a user of the tenant.", prompt="E-mail")]
Password = Annotated[str, typer.Option(help="Their password.", prompt="Password", hide_input=True)]
File = Annotated[Path, typer.Argument(help="The bundle.", exists=True, dir_okay=False)]


@workflows.command("export")
def workflows_export(
    workflow: Id,
    email: Email,
    password: Password,
    version: Annotated[int | None, typer.Option(help="A published one. Default: the draft.", min=1)] = None,
    output: Annotated[Path | None, typer.Option(help="A file. Default: print it.")] = None,
    url: Url = None,
    data: Data = None,
) -> None:
    """Write a workflow with all it runs and uses into a file; of secrets only the names."""
    from api.cli import workflow_files as body
    from api.cli.edge import login

    body.export(login(data, url, email, password), workflow, version, output)


@workflows.command("import")
def workflows_import(
    file: File,
    email: Email,
    password: Password,
    on_conflict: Annotated[
        Literal["refuse", "replace", "keep"],
        typer.Option(help="What becomes of tools, agents and workflows of the tenant that differ."),
    ] = "refuse",
    url: Url = None,
    data: Data = None,
) -> None:
    """Take a bundle in as a draft. Again: nothing is doubled."""
    from api.cli import workflow_files as body
    from api.cli.edge import login

    body.take_in(login(data, url, email, password), file, on_conflict)


@workflows.command("diff")
def workflows_diff(
    workflow: Id,
    email: Email,
    password: Password,
    old: Annotated[
        int | None, typer.Option("--from", help="0: the draft. Default: what was published last.", min=0)
    ] = None,
    new: Annotated[int, typer.Option("--to", help="0: the draft.", min=0)] = 0,
    url: Url = None,
    data: Data = None,
) -> None:
    """Show what differs between two versions, node by node."""
    from api.cli import workflow_files as body
    from api.cli.edge import login

    body.show_diff(login(data, url, email, password), workflow, old, new)


@workflows.command("check")
def workflows_check(
    runs: Annotated[
        list[Path], typer.Argument(help="Recorded runs, one per file.", exists=True, dir_okay=False)
    ],
    definition: Annotated[
        Path | None,
        typer.Option(help="A definition, or an exported bundle.", exists=True, dir_okay=False),
    ] = None,
    workflow: Annotated[UUID | None, typer.Option(help="A workflow's draft, by its id.")] = None,
    email: Annotated[str, typer.Option(help="With --workflow: a user of its tenant.")] = "",
    password: Annotated[str, typer.Option(help="With --workflow: their password.")] = "",
    url: Url = None,
    data: Data = None,
) -> None:
    """Play recorded runs against a changed workflow. Exit code 1: something comes out differently."""
    from api.cli import rehearsals as body
    from api.cli.edge import login

    if (definition is None) == (workflow is None):
        raise typer.BadParameter("give either --definition or --workflow")
    if definition is not None:
        release = body.release_from_file(definition)
    else:
        email = email or typer.prompt("E-mail")
        password = password or typer.prompt("Password", hide_input=True)
        release = body.release_of_draft(login(data, url, email, password), str(workflow))
    raise typer.Exit(body.check(runs, release))
