"""Commands in groups: `hb access`."""

from typing import Annotated
from uuid import UUID

import typer

from api.cli.options import Data, settings_for

access = typer.Typer(no_args_is_help=True, help="Who may do what, and who did.")


@access.command("log")
def access_log(
    actor: Annotated[str | None, typer.Option(help="Who acted: as recorded, or an id.")] = None,
    tenant: Annotated[UUID | None, typer.Option(help="Of this tenant only.")] = None,
    route: Annotated[str | None, typer.Option(help="The pattern, e.g. /agents/{agent_id}.")] = None,
    denied: Annotated[bool, typer.Option("--denied", help="Only who was not let in.")] = False,
    since: Annotated[str | None, typer.Option(help="How far back, e.g. 90m, 24h, 7d.")] = None,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1, max=500)] = 50,
    data: Data = None,
) -> None:
    """Who asked for what, and whether they were let in."""
    from datetime import UTC, datetime

    from api.cli import access as body
    from infra.access_log.entries import Wanted

    wanted = Wanted(
        actor=actor,
        tenant_id=tenant,
        route=route,
        decision="denied" if denied else None,
        since=body.since_of(since, datetime.now(UTC)),
    )
    body.show(settings_for(data), wanted, limit)


@access.command("explain")
def access_explain(
    user: Annotated[str, typer.Option(help="Their e-mail address, or their id.")],
    permission: Annotated[str, typer.Option(help="For example keys:manage.")],
    data: Data = None,
) -> None:
    """Why somebody may do something, or may not, at each place where they have a role."""
    from api.cli import explaining

    explaining.show(settings_for(data), user, permission)


@access.command("roles")
def access_roles() -> None:
    """Every permission, and which roles have it."""
    from api.cli import explaining

    explaining.show_roles()
