"""`hb erasure`: the receipt, of a person or of a closed tenant's content."""

import pytest
from typer.testing import CliRunner

from api.cli import team
from api.cli.app import app
from api.cli.errors import Refused
from api.cli.kept_login import Here
from tests.api.cli.answering import TOKEN, Edge, refusing

RECEIPT = {"done_at": "2026-11-26T09:30:12.5Z", "touched": {"sessions": 2, "keys": 1}}


@pytest.mark.parametrize("whose", ["/users/u1", "/tenants/t1"])
def test_it_tells_when_it_was_done_and_what_was_touched(
    edge: Edge, at: Here, capsys: pytest.CaptureFixture[str], whose: str
) -> None:
    at.keep(TOKEN)
    edge.answers[f"GET {whose}/erasure"] = RECEIPT
    team.erasure(at, whose)
    words = capsys.readouterr().out.split()
    assert " ".join(words).startswith("✓ done at 2026-11-26 09:30 UTC")
    assert words[-4:] == ["keys", "1", "sessions", "2"]


def test_one_that_is_under_way_has_no_receipt(
    edge: Edge, at: Here, capsys: pytest.CaptureFixture[str]
) -> None:
    at.keep(TOKEN)
    edge.answers["GET /users/u1/erasure"] = {"done_at": None, "touched": None}
    team.erasure(at, "/users/u1")
    assert "under way" in capsys.readouterr().out


def test_where_there_is_none_it_says_so(edge: Edge, at: Here) -> None:
    at.keep(TOKEN)
    edge.answers["GET /users/u1/erasure"] = refusing(404, "identity.erasure_not_found")
    with pytest.raises(Refused, match="erasure_not_found"):
        team.erasure(at, "/users/u1")


def test_it_is_asked_of_one_thing() -> None:
    assert CliRunner().invoke(app, ["erasure"]).exit_code == 2
