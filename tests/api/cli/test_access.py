from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rich.console import Console

from api.cli.access import listing, since_of
from api.cli.errors import Refused
from api.cli.look import THEME
from tests.api.gateway.test_access_writer import entry

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_the_listing_reads_downwards_and_says_who_and_why() -> None:
    denied = replace(entry(), at=NOW, status=403, decision="denied", code="auth.forbidden", actor="user:7")
    allowed = replace(entry("/[bold]"), at=NOW, status=201, actor="user:9 for user:7", role="tenant_owner")
    console = Console(theme=THEME, width=160, highlight=False)
    with console.capture() as shown:
        console.print(listing([denied, allowed]))
    lines = shown.get().splitlines()
    assert "user:9 for user:7 tenant_owner" in lines[1] and "POST /[bold]" in lines[1] and "201" in lines[1]
    assert "user:7" in lines[2] and "403 auth.forbidden" in lines[2] and "203.0.113.7" in lines[2]


def test_who_is_not_known_is_nobody() -> None:
    console = Console(theme=THEME, width=160, highlight=False)
    with console.capture() as shown:
        console.print(listing([entry()]))
    assert "nobody known" in shown.get()


@pytest.mark.parametrize("text, day, hour", [("7d", 19, 12), ("24h", 25, 12), ("90m", 26, 10)])
def test_how_far_back(text: str, day: int, hour: int) -> None:
    found = since_of(text, NOW)
    assert found is not None
    assert (found.day, found.hour) == (day, hour)


@pytest.mark.parametrize("text", ["", "7", "d", "-1d", "7w", "1.5h", "9999999d"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="span of time"):
        since_of(text, NOW)
