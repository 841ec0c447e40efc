"""What an operator sees of tenants and partners."""

from uuid import uuid4

from rich.console import Console

from api.cli.look import THEME
from api.cli.tenancy import hold_table, partner_table, tenant_table
from api.rows.people import HoldRow
from tests.api.fake_tenancy import NOW
from tests.api.world import World


def printed(table: object) -> str:
    console = Console(theme=THEME, width=200, record=True, file=None)
    with console.capture() as said:
        console.print(table)
    return said.get()


def test_a_tenants_line_says_who_it_is_and_how_it_stands() -> None:
    world = World()
    world.reads.hold(world.tenant, "suspended", "abuse")
    said = printed(tenant_table(list(world.reads.tenant_rows.values())))
    for word in (str(world.tenant), "acme", "suspended", str(world.partner), "zeta", "active"):
        assert word in said


def test_markup_in_names_and_reasons_is_text() -> None:
    world = World()
    [first, *_] = world.reads.partner_rows.values()
    assert "nordic" in printed(partner_table([first]))
    said = printed(hold_table([HoldRow("dunning", "past_due", f"[bold]{uuid4()}", NOW)]))
    assert "[bold]" in said
    assert "past_due" in said
