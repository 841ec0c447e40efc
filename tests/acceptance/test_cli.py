"""The command line on real parts, as a user meets it."""

import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx2
import psycopg
import pytest

from tests.support.hb import Up, hb, running
from tests.support.otlp import Collector, collector

PASSWORD = "correct horse battery"


def folder() -> Path:
    """Not below pytest's own temporary folder, whose modes it resets while we run."""
    return Path(tempfile.mkdtemp(prefix="hb-cli-"))


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    made = folder()
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def up(data: Path) -> Iterator[Up]:
    with running(data) as found:
        yield found


def log_in(url: str, email: str, password: str) -> httpx2.Response:
    form = {"username": email, "password": password}
    return httpx2.post(f"{url}/auth/token", data=form, trust_env=False)


def test_up_says_where_everything_is_and_the_first_login_works(up: Up) -> None:
    for path in ("/docs", "/health/ready", "/metrics"):
        assert f"{up.url}{path}" in up.welcome
        assert httpx2.get(f"{up.url}{path}", trust_env=False).status_code == 200
    answer = log_in(up.url, "admin@hirebuddha.local", up.password)
    assert answer.status_code == 200
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    me = httpx2.get(f"{up.url}/auth/me", headers=headers, trust_env=False).json()
    assert me["role"] == "platform_admin"


def test_what_up_leaves_in_the_folder_is_its_owners_and_holds_no_password_and_no_address(up: Up) -> None:
    for name in ("endpoints.json", "master.key"):
        assert stat.S_IMODE((up.data / name).stat().st_mode) == 0o600
    logs = "".join(log.read_text(errors="replace") for log in (up.data / "logs").iterdir())
    assert up.password not in logs
    with psycopg.connect(f"postgresql://postgres@/hirebuddha?host={up.data}/postgres") as conn:
        rows = conn.execute("SELECT convert_from(state, 'UTF8') FROM stored_events").fetchall()
    assert up.password not in str(rows)
    assert "$argon2id$" not in str(rows) and "admin@hirebuddha.local" not in str(rows)


def test_a_second_up_on_the_same_data_says_who_runs(up: Up) -> None:
    said = hb("up", "--data", up.data)
    assert said.code == 3
    assert f"already running (pid {up.process.pid}, {up.url})" in said.err
    assert "Traceback" not in said.err


def test_an_admin_is_created_and_can_log_in(up: Up) -> None:
    email = f"{uuid4().hex[:8]}@ops.example"
    create = ("admin", "create", "--email", email, "--name", "Ops", "--data", up.data)
    made = hb(*create)
    assert made.code == 0, made.err
    password = re.search(r"password\s+(\S+)", made.out)
    assert password and log_in(up.url, email, password[1]).status_code == 200
    again = hb(*create, "--password", PASSWORD)
    assert (again.code, "conflict.email_taken" in again.err) == (1, True)
    assert log_in(up.url, email, PASSWORD).status_code == 401


def test_an_admin_needs_an_address_and_a_long_password(up: Up) -> None:
    for email, password, reason in (("nobody", PASSWORD, "email"), ("a@b.example", "short", "shorter")):
        said = hb(
            "admin", "create", "--email", email, "--name", "x", "--password", password, "--data", up.data
        )
        assert (said.code, reason in said.err) == (1, True)


def test_the_local_model_has_a_rate_and_others_get_theirs(up: Up) -> None:
    set_ = ("rates", "set", "openai/tiny", "--input", "0.15", "--output", "0.6", "--data", up.data)
    assert hb(*set_).code == 0
    assert hb(*set_).code == 0, "the same rate again is no error"
    listed = hb("rates", "list", "--data", up.data).out
    assert re.search(r"✓\s+local/smollm2\s+0\.05\s+0\.1 ", listed)
    assert re.search(r"✓\s+openai/tiny\s+0\.15\s+0\.6\s+0\.15\s+0\.15\s+0\.6 ", listed)
    assert listed.count("openai/tiny") == 1
    assert hb("rates", "set", "openai/tiny", "--input", "x", "--output", "1", "--data", up.data).code == 2
    assert hb("rates", "set", "openai/tiny", "--input", "-1", "--output", "1", "--data", up.data).code == 1
    told = hb("rates", "history", "openai/tiny", "--data", up.data).out
    assert "operator:" in told


def test_rates_are_imported_when_that_is_said_twice(up: Up) -> None:
    import_ = ("rates", "import", "--match", "gpt-4o-mini", "--data", up.data)
    planned = hb(*import_)
    assert (planned.code, "openai/gpt-4o-mini" in planned.out, "Nothing was set" in planned.out) == (
        0,
        True,
        True,
    )
    assert "gpt-4o-mini" not in hb("rates", "list", "--data", up.data).out
    assert hb(*import_, "--apply").code == 0
    assert "gpt-4o-mini" in hb("rates", "list", "--data", up.data).out
    assert "Nothing to change" in hb(*import_).out
    assert hb("rates", "import", "--match", "no such model", "--data", up.data).code == 1


def test_a_month_without_calls_is_simulated(up: Up, tmp_path: Path) -> None:
    card = tmp_path / "card.json"
    card.write_text("{}")
    simulate = ("rates", "simulate", "--period", "2020-01", "--card", card, "--data", up.data)
    said = hb(*simulate)
    assert (said.code, "No call was settled" in said.out) == (0, True)


def test_an_empty_dead_letter_queue(up: Up) -> None:
    listed = hb("dlq", "list", "--data", up.data)
    assert (listed.code, "no dead letters" in listed.out) == (0, True)
    retried = hb("dlq", "retry", "--all", "--data", up.data)
    assert (retried.code, "0 dead letters" in retried.out) == (0, True)
    for command in (("show", "7"), ("retry", "7")):
        said = hb("dlq", *command, "--data", up.data)
        assert (said.code, "no dead letter 7" in said.err) == (1, True)


def test_status_and_doctor_find_nothing_wrong(up: Up) -> None:
    status = hb("status", "--data", up.data)
    assert status.code == 0, status.out
    for word in ("schema version", "ledger_entries", "policies-billing", "Dead letters"):
        assert word in status.out
    doctor = hb("doctor", "--data", up.data)
    assert (doctor.code, "✗" in doctor.out) == (0, False)


def test_a_projection_is_rebuilt_while_everything_runs(up: Up) -> None:
    assert "version 2" in hb("projections", "rebuild", "users", "--data", up.data).out
    assert log_in(up.url, "admin@hirebuddha.local", up.password).status_code == 200
    for arguments, reason in (
        (("rebuild", "nope"), "there is no projection 'nope'"),
        (("resume", "users"), "users is not stopped"),
        (("unpark", "users", "user-1"), "user-1 is not parked"),
    ):
        said = hb("projections", *arguments, "--data", up.data)
        assert (said.code, reason in said.err) == (1, True)


def test_ctrl_c_stops_everything_and_the_data_stays() -> None:
    data = folder()
    try:
        with running(data) as first:
            url = first.url
            said = first.interrupt()
        assert said.code == 0
        for service in ("API", "Worker (decide)", "Worker (react)", "NATS", "Postgres"):
            assert f"{service} stopped" in said.out
        assert not (data / "endpoints.json").exists()
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(url, trust_env=False)
        nothing = hb("status", "--data", data)
        assert (nothing.code, "no platform runs" in nothing.err) == (2, True)
        with running(data) as second:
            assert "shown at the first start only" in second.welcome
            assert log_in(second.url, "admin@hirebuddha.local", first.password).status_code == 200
    finally:
        shutil.rmtree(data, ignore_errors=True)


@pytest.mark.parametrize(
    ("settings", "reason", "fix"),
    [
        (
            {"database_url": "postgresql://u:s3cret@127.0.0.1:1/x"},
            "Postgres does not answer",
            "HB_DATABASE_URL",
        ),
        ({"database_url": "nonsense"}, "Postgres does not answer", "HB_DATABASE_URL"),
        ({"nats_url": "nats://127.0.0.1:1"}, "NATS does not answer", "HB_NATS_URL"),
        ({"api_port": "many"}, "HB_API_PORT is not usable", "docs/settings.md"),
    ],
)
def test_a_wrong_setting_is_told_with_what_to_do(
    data: Path, settings: dict[str, str], reason: str, fix: str
) -> None:
    own = data.with_name(data.name + "-wrong")
    try:
        said = hb("up", "--data", own, "--no-model", settings=settings)
    finally:
        shutil.rmtree(own, ignore_errors=True)
    assert said.code == 2
    assert reason in said.err and fix in said.err
    assert "Traceback" not in said.err and "s3cret" not in said.err + said.out


def test_the_demo_is_true() -> None:
    """The acceptance test: from nothing to a real model's answer and a ledger that adds up."""
    data = folder()
    with collector() as seen:
        try:
            said = hb("demo", "--data", data, seconds=300, settings={"otlp_endpoint": seen.url})
        finally:
            shutil.rmtree(data, ignore_errors=True)
    assert said.code == 0, said.out + said.err
    assert re.fullmatch(r"DEMO OK job=[0-9a-f-]{36} entries=1 price=0\.\d+", said.last)
    assert said.out.count("✓") > 15 and "✗" not in said.out
    assert_one_trace_runs_through(seen)


def assert_one_trace_runs_through(seen: Collector) -> None:
    [request] = seen.named("POST /workflows/{workflow_id}/execute")
    names = {span.name for span in seen.of_trace(request.trace_id)}
    assert names >= {
        "decide execution.execution.start",
        "policies-billing execution.execution.call_requested",
        "decide billing.ledger.authorize_call",
        "effects-execution billing.ledger.call_authorized",
        "decide execution.execution.complete_call",
        "decide billing.ledger.settle_call",
    }


def test_a_demo_that_cannot_be_told_fails(data: Path) -> None:
    said = hb("demo", "--url", "http://127.0.0.1:1", "--email", "a@b.example", "--password", "x")
    assert said.code == 1
    assert said.last.startswith("DEMO FAILED POST /auth/token")


def test_months_of_payloads_are_shown_and_the_last_two_stay(up: Up) -> None:
    shown = hb("payloads", "usage", "--data", up.data)
    assert shown.code == 0, shown.err
    assert f"payloads_{datetime.now(UTC):%Y_%m}" in shown.out
    drop = ("payloads", "drop", "--data", up.data, "--yes", "--before")
    kept = hb(*drop, f"{datetime.now(UTC):%Y-%m}")
    assert (kept.code, "this month and the last one stay" in kept.err) == (1, True)
    none = hb(*drop, "2020-01")
    assert (none.code, "nothing is stored from before 2020-01" in none.out) == (0, True)
