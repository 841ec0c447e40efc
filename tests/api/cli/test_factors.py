"""Setting up what is asked for beside the password."""

import pytest

from api.cli import factors
from api.cli.errors import Refused
from api.cli.kept_login import Here
from tests.api.cli.answering import TOKEN, Edge, refusing

URI = "otpauth://totp/HireBuddha:nina%40new.example?secret=JBSWY3DPEHPK3PXP&issuer=HireBuddha"


@pytest.fixture(autouse=True)
def signed_in(at: Here) -> None:
    at.keep(TOKEN)


def test_an_address_too_long_for_the_terminal_is_not_broken(
    edge: Edge, at: Here, capsys: pytest.CaptureFixture[str]
) -> None:
    edge.answers["POST /auth/factors/totp"] = {"secret": "JBSWY3DPEHPK3PXP", "uri": URI}
    factors.add_app(at)
    assert URI in capsys.readouterr().out


def test_recovery_codes_come_with_the_first_factor_only(
    edge: Edge, at: Here, capsys: pytest.CaptureFixture[str]
) -> None:
    edge.answers["POST /auth/factors/totp/confirm"] = {"recovery_codes": ["4k9zq-1m7tw"]}
    factors.confirm(at, "287082")
    assert "4k9zq-1m7tw" in capsys.readouterr().out
    edge.answers["POST /auth/factors/totp/confirm"] = {"recovery_codes": None}
    factors.confirm(at, "287082")
    assert "recovery" not in capsys.readouterr().out


def test_who_has_not_shown_all_they_have_is_told_how(edge: Edge, at: Here) -> None:
    edge.answers["DELETE /auth/factors/totp"] = refusing(403, "auth.step_up_required")
    with pytest.raises(Refused, match="hb step-up"):
        factors.remove_app(at)
