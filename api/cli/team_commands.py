"""Commands about people: `hb members`, `hb accept`, `hb support`, `hb erase-me`, `hb erasure`."""

from typing import Annotated
from uuid import UUID

import typer

from api.cli.options import Data
from api.cli.sign_in_commands import Email, Link, New, Url, here

members = typer.Typer(no_args_is_help=True, help="The people of your place.")
support = typer.Typer(no_args_is_help=True, help="What support does in users' names.")

Tenant = Annotated[str, typer.Option(help="The tenant's id.")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(members, name="members")
    app.add_typer(support, name="support")
    app.command()(accept)
    app.command("erase-me")(erase_me)
    app.command()(erasure)


@members.command("list")
def members_list(
    tenant: Annotated[str | None, typer.Option(help="One below you. Absent: your own place.")] = None,
    email: Annotated[str | None, typer.Option(help="Only this one, and of it the user's id alone.")] = None,
    data: Data = None,
) -> None:
    """Who has which role."""
    from api.cli import team

    team.members(here(data), tenant, email)


@members.command("invite")
def members_invite(
    email: Email, role: Annotated[str, typer.Option(help="As `tenant_builder`.")], data: Data = None
) -> None:
    """Send somebody a link that lets them in."""
    from api.cli import team

    team.invite(here(data), email, role)


def accept(
    link: Link,
    name: Annotated[str, typer.Option(prompt="Your name")],
    secret: New,
    url: Url = None,
    data: Data = None,
) -> None:
    """Follow an invitation to who has no account yet."""
    from api.cli import team

    team.accept(here(data, url), link, name, secret)


@support.command("act")
def support_act(
    tenant: Tenant,
    user: Annotated[str, typer.Option(help="The user's id.")],
    reason: Annotated[str, typer.Option(help="The tenant reads it.")],
    minutes: Annotated[int, typer.Option(min=1, max=30)] = 10,
    data: Data = None,
) -> None:
    """Look at a tenant as one of its users, for a while."""
    from api.cli import team

    team.act(here(data), tenant, user, reason, minutes)


@support.command("list")
def support_list(data: Data = None) -> None:
    """What went on, and what goes on."""
    from api.cli import team

    team.impersonations(here(data))


@support.command("end")
def support_end(
    impersonation: Annotated[str | None, typer.Argument(help="Its id. Absent: the newest.")] = None,
    data: Data = None,
) -> None:
    """End one, as support or as the tenant."""
    from api.cli import team

    team.end(here(data), impersonation)


def erase_me(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False, data: Data = None
) -> None:
    """Be forgotten, for good."""
    from api.cli import team

    if yes or typer.confirm("Your account, your roles and all that is readable of you go. For good?"):
        team.erase(here(data))


def erasure(
    user: Annotated[UUID | None, typer.Argument(help="Of a person.")] = None,
    tenant: Annotated[UUID | None, typer.Option(help="Of a closed tenant's content.")] = None,
    data: Data = None,
) -> None:
    """The receipt of an erasure: when it was done, and what it touched."""
    from api.cli import team

    if (user is None) == (tenant is None):
        raise typer.BadParameter("name a user, or a --tenant.")
    team.erasure(here(data), f"/users/{user}" if user else f"/tenants/{tenant}")
