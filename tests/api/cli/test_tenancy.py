"""What an operator sees of tenants and partners."""

from datetime import timedelta
from uuid import uuid4

from rich.console import Console

from api.cli.look import THEME
from api.cli.status import held_service
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


def test_what_was_done_by_hand_says_when_to_look_again() -> None:
    holds = [HoldRow("operator", "suspended", "abuse", NOW), HoldRow("dunning", "past_due", "unpaid", NOW)]
    said = printed(hold_table(holds))
    assert said.count(f"{NOW + timedelta(days=30):%Y-%m-%d}") == 1


def test_the_status_needs_somebody_once_it_is_time() -> None:
    assert held_service(0).ok
    assert not held_service(2).ok
