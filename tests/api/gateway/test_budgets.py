import pytest

from api.gateway.budgets import DEFAULTS, budgets
from api.gateway.kinds import Kind, kind_of
from infra.errors import SetupError


def test_settings_change_what_they_name() -> None:
    found = budgets("user.write=7, ip.sign_in = 0")
    assert found["user", Kind.WRITE] == 7
    assert ("ip", Kind.SIGN_IN) not in found
    assert found["ip", Kind.READ] == DEFAULTS["ip", Kind.READ]


def test_nothing_set_is_the_table_and_off_is_no_limit() -> None:
    assert budgets(None) == budgets("") == DEFAULTS
    assert budgets("off") == {}


@pytest.mark.parametrize("text", ["user.write", "user.fly=3", "cat.read=3", "user.write=-1", "user.write=1;"])
def test_what_is_no_limit_stops_the_start(text: str) -> None:
    with pytest.raises(SetupError, match="HB_RATE_LIMITS"):
        budgets(text)


@pytest.mark.parametrize(
    "method, path, kind",
    [
        ("POST", "/auth/token", Kind.SIGN_IN),
        ("GET", "/auth/me", Kind.READ),
        ("GET", "/agents", Kind.READ),
        ("HEAD", "/agents", Kind.READ),
        ("DELETE", "/secrets/A", Kind.WRITE),
        ("GET", "/executions/1/stream", Kind.STREAM),
        ("POST", "/hooks/1", Kind.HOOK),
        ("POST", "/payments/stripe/webhook", Kind.HOOK),
        ("GET", "/health/live", None),
        ("GET", "/metrics", None),
    ],
)
def test_what_a_request_is_about(method: str, path: str, kind: Kind | None) -> None:
    assert kind_of({"type": "http", "method": method, "path": path}) is kind
