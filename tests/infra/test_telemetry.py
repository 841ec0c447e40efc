import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from infra import telemetry

LOGS = """
import logging, structlog
from infra import telemetry
from infra.settings import Settings

telemetry.setup(Settings(), "test")
telemetry.setup(Settings(), "test")
structlog.contextvars.bind_contextvars(tenant_id="t1")
structlog.get_logger("ours").info("started", url="nats://user:pw@host:1", password="pw", input_tokens=3)
logging.getLogger("theirs").warning("from %s", "postgres://u:pw@host")
structlog.get_logger().debug("unseen")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("theirs").exception("broken")
"""

TRACES = """
import sys
from infra import telemetry
from infra.settings import Settings

telemetry.setup(Settings(otlp_endpoint=sys.argv[1]), "test")
with telemetry.tracer().start_as_current_span("outer"):
    sent = telemetry.inject()
with telemetry.tracer().start_as_current_span("inner", context=telemetry.extract(sent)):
    print(sent, telemetry.inject())
"""


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, because logging and tracing are set up for a whole process."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )


@pytest.fixture
def collector() -> Iterator[tuple[str, list[str]]]:
    """Its address and the paths that were posted to it."""
    posted: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            posted.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", posted
        server.shutdown()


def test_every_line_is_json_with_its_context_and_without_secrets() -> None:
    output = run(LOGS).stderr
    ours, theirs, broken = [json.loads(line) for line in output.splitlines()]
    assert ours["event"] == "started"
    assert (ours["tenant_id"], ours["service"], ours["level"]) == ("t1", "test", "info")
    assert (ours["logger"], ours["input_tokens"]) == ("ours", 3)
    assert (theirs["logger"], theirs["tenant_id"]) == ("theirs", "t1")
    assert "ZeroDivisionError" in broken["exception"]
    assert "pw" not in output


def test_spans_reach_the_collector_in_one_trace(collector: tuple[str, list[str]]) -> None:
    address, posted = collector
    outer, inner = run(TRACES, address).stdout.split()
    assert outer.split("-")[1] == inner.split("-")[1]
    assert outer.split("-")[2] != inner.split("-")[2]
    assert set(posted) == {"/v1/traces"}


def test_without_a_collector_nothing_is_traced() -> None:
    assert not telemetry.tracing()
    with telemetry.tracer().start_as_current_span("x", context=telemetry.extract(f"00-{1:032x}-{1:016x}-01")):
        assert telemetry.inject() is None
