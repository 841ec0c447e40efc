"""The guide to identity, executed: a platform as a user has it, and every command of the page in order."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.embedded.ports import free_ports
from tests.support.hb import Up, environment, running
from tests.support.oidc_provider import real_providers

GUIDE = (Path(__file__).parents[2] / "docs" / "guide-identity.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```(?:\n\n```text\n(.*?)```)?", GUIDE, re.DOTALL)
PYTHON = f'"{sys.executable}" -m'
HB = f'hb() {{ {PYTHON} api.cli "$@"; }}'
APP = f'app() {{ {PYTHON} tests.support.authenticator_app "$HB_DATA_DIR/phone-app" "$@"; }}'
LIMIT_SECONDS = 600


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """With a real provider to sign in with, which is called `example`."""
    [port] = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    with real_providers([f"{url}/auth/oidc/example/callback"]) as [peer]:
        named = {"issuer": peer.issuer, "client_id": peer.client, "client_secret": peer.secret}
        settings = {"rate_limits": "off", "api_url": url, "oidc_providers": json.dumps({"example": named})}
        data = tmp_path_factory.mktemp("guide") / "data"
        with running(data, "--port", str(port), settings=settings) as found:
            yield found


@pytest.fixture
def browser(tmp_path: Path) -> str:
    """What `hb` opens: Nina's, who logs in wherever she is asked to."""
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\nexec {PYTHON} tests.support.browser "$1" nina\n')
    program.chmod(0o700)
    return str(program)


def mark(number: int) -> str:
    return f"--- block {number}"


def script() -> str:
    parts = (f"echo '{mark(number)}'\n{commands}" for number, (commands, _) in enumerate(BLOCKS))
    return "\n".join(["set -eu", "exec 2>&1", HB, APP, *parts])


def as_pattern(line: str) -> str:
    return ".*".join(map(re.escape, line.split("…")))


def test_every_command_says_what_the_guide_says(up: Up, browser: str) -> None:
    port = up.url.rpartition(":")[2]
    env = environment({"data_dir": str(up.data), "api_port": port}) | {"BROWSER": browser}
    done = subprocess.run(
        ["bash", "-c", script()], env=env, capture_output=True, text=True, timeout=LIMIT_SECONDS
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for number, (commands, expected) in enumerate(BLOCKS):
        printed = done.stdout.partition(f"{mark(number)}\n")[2].partition("--- block")[0]
        lines = "\n".join(map(as_pattern, expected.splitlines()))
        pattern = lines.replace("\n", r"\n(?:.*\n)*?")
        assert re.search(pattern, printed), f"{commands}\nprinted\n{printed}\nand not\n{expected}"


def test_the_guide_is_executed() -> None:
    assert len(BLOCKS) > 8
