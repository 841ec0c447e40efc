"""The guide to identity, executed: a platform as a user has it, and every command of the page in order."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.hb import Up, environment, running

GUIDE = (Path(__file__).parents[2] / "docs" / "guide-identity.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```(?:\n\n```text\n(.*?)```)?", GUIDE, re.DOTALL)
HB = f'hb() {{ "{sys.executable}" -m api.cli "$@"; }}'
LIMIT_SECONDS = 600


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with running(tmp_path_factory.mktemp("guide") / "data", settings={"rate_limits": "off"}) as found:
        yield found


def mark(number: int) -> str:
    return f"--- block {number}"


def script() -> str:
    parts = (f"echo '{mark(number)}'\n{commands}" for number, (commands, _) in enumerate(BLOCKS))
    return "\n".join(["set -eu", "exec 2>&1", HB, *parts])


def as_pattern(line: str) -> str:
    return ".*".join(map(re.escape, line.split("…")))


def test_every_command_says_what_the_guide_says(up: Up) -> None:
    port = up.url.rpartition(":")[2]
    env = environment({"data_dir": str(up.data), "api_port": port})
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
