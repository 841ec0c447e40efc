"""Worked examples on real processes: a local model, an MCP server, an HTTP tool, a signed webhook."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli.examples.files import names
from tests.support.hb import hb

TOLD = {
    "support-triage": ("agree", "Your refund is on its way."),
    "research-agent": ("researcher[1].lookup_0", "A tide is the rise and fall of the sea, twice a day."),
    "enrichment": ("POST /hooks/", '"company": "Acme Ltd"'),
}


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """Not below pytest's own temporary folder, whose modes it resets while we run."""
    made = Path(tempfile.mkdtemp(prefix="hb-examples-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.mark.parametrize("name", TOLD)
def test_an_example_runs_on_real_parts(name: str, data: Path) -> None:
    said = hb("run-example", name, "--data", data, seconds=240)
    assert said.code == 0, said.out + said.err
    assert said.last.startswith(f"EXAMPLE OK name={name} job=")
    for text in TOLD[name]:
        assert text in said.out


def test_an_unknown_example_is_named_with_those_there_are() -> None:
    said = hb("run-example", "nothing")
    assert said.code == 1
    assert "there is no example 'nothing'" in said.err
    assert all(name in said.err for name in names())


def test_the_examples_are_listed() -> None:
    said = hb("run-example", "--list")
    assert said.code == 0
    assert all(name in said.out for name in names())
