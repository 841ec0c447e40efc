"""The commands. Each imports what it needs when it runs, so that `hb --help` is quick."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli import (
    audit_groups,
    factor_commands,
    groups,
    money_groups,
    payment_groups,
    run_groups,
    sign_in_commands,
    statement_groups,
    team_commands,
    tenancy_groups,
)
from api.cli.access_group import access
from api.cli.keys_group import keys
from api.cli.mail_group import mail
from api.cli.options import Data, settings_for
from api.cli.rate_group import rates
from api.cli.witness_group import witness
from api.cli.workflow_group import workflows

app = typer.Typer(
    name="hb",
    help="HireBuddha's command line: start it, look at it, put it right.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
demos = typer.Typer(invoke_without_command=True)
MONEY_FOLDER = Path("build/money")

sign_in_commands.add_to(app)
factor_commands.add_to(app)
team_commands.add_to(app)
app.add_typer(demos, name="demo")
app.add_typer(groups.admin, name="admin")
app.add_typer(access, name="access")
app.add_typer(keys, name="keys")
app.add_typer(rates, name="rates")
app.add_typer(money_groups.ledger, name="ledger")
app.add_typer(money_groups.wallets, name="wallets")
app.add_typer(money_groups.periods, name="period")
app.add_typer(audit_groups.audit, name="audit")
app.add_typer(witness, name="witness")
app.add_typer(statement_groups.money, name="money")
app.add_typer(statement_groups.invoices, name="invoices")
app.add_typer(statement_groups.taxes, name="taxes")
app.add_typer(groups.projections, name="projections")
app.add_typer(groups.payloads, name="payloads")
app.add_typer(groups.dlq, name="dlq")
app.add_typer(mail, name="mail")
app.add_typer(groups.nats, name="nats")
app.add_typer(run_groups.executions, name="executions")
app.add_typer(run_groups.approvals, name="approvals")
app.add_typer(workflows, name="workflows")
app.add_typer(payment_groups.payments, name="payments")
app.add_typer(payment_groups.dunning, name="dunning")
app.add_typer(tenancy_groups.partners, name="partners")
app.add_typer(tenancy_groups.tenants, name="tenants")


@app.command()
def up(
    data: Data = None,
    port: Annotated[
        int | None, typer.Option(help="Port of the API; 0 takes any free one.", min=0, max=65535)
    ] = None,
    model: Annotated[bool, typer.Option("--model/--no-model", help="Serve the local model.")] = True,
) -> None:
    """Start Postgres, NATS, workers, the model and the API; Ctrl-C stops them."""
    from api.cli import up as body

    body.up(settings_for(data, api_port=port), model)


@demos.callback()
def demo(
    context: typer.Context,
    data: Annotated[
        groups.Folder, typer.Option("--data", help="Data folder. Default: demo in the data folder.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="Use the platform that runs there.")] = None,
    email: Annotated[str | None, typer.Option(help="With --url: a platform admin's e-mail address.")] = None,
    password: Annotated[str | None, typer.Option(help="With --url: their password.")] = None,
) -> None:
    """Tell the whole story on real parts, with a real model, and check the sums."""
    if context.invoked_subcommand is not None:
        return
    from api.cli.demo import run

    raise typer.Exit(run.demo(data, url, email, password))


@demos.command("money")
def demo_money(
    data: Annotated[
        groups.Folder, typer.Option("--data", help="Data folder; its demo-money is thrown away.")
    ] = None,
    to: Annotated[Path, typer.Option(help="Folder for invoices, statements and exports.")] = MONEY_FOLDER,
    seed: Annotated[int | None, typer.Option(help="Tell what this seed told before.", min=0)] = None,
) -> None:
    """Tell three months of money: rates, invoices, dunning, corrections, and the proof of it all."""
    from api.cli.demo.money import run

    raise typer.Exit(run.demo(data, to, seed))


@app.command("run-example")
def run_example(
    name: Annotated[str | None, typer.Argument(help="Which one; see --list.")] = None,
    show_list: Annotated[bool, typer.Option("--list", help="List the examples.")] = False,
    model: Annotated[
        Literal["local", "scripted"] | None, typer.Option(help="Default: what the example says.")
    ] = None,
    data: Annotated[
        groups.Folder, typer.Option("--data", help="Data folder. Default: examples in the data folder.")
    ] = None,
) -> None:
    """Run a worked example of the guide on real parts, and watch it."""
    from api.cli.examples import run

    if show_list or name is None:
        raise typer.Exit(run.list_examples())
    raise typer.Exit(run.run_example(name, model, data))


@app.command()
def status(data: Data = None) -> None:
    """Services, schema, projections, queues, dead letters."""
    from api.cli import status as body

    raise typer.Exit(body.status(settings_for(data)))


@app.command()
def doctor(data: Data = None) -> None:
    """Check what the platform stands on, and say how to put it right."""
    from api.cli import doctor as body

    raise typer.Exit(body.doctor(settings_for(data)))


@app.command()
def migrate(data: Data = None) -> None:
    """Bring the database to this version."""
    from api.cli import roles

    roles.migrate(settings_for(data))


@app.command()
def run(
    role: Annotated[
        str,
        typer.Option(
            help="api, commands, policies, effects, projections, relay, timers, scheduler, sealer, all."
        ),
    ] = "all",
    data: Data = None,
) -> None:
    """Become one process of the platform: what production scales."""
    from api.cli import roles

    roles.run(settings_for(data), role)


@app.command()
def flow(name: Annotated[str, typer.Argument(help="A command, e.g. StartExecution.")]) -> None:
    """Tell what follows from a command."""
    from api.cli import roles

    roles.flow(name)
