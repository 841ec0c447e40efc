"""Clock, ids and randomness come into a decision through its context, never by a call."""

import ast

import pytest

from tests.architecture.tree import code_files, dotted, imported, parsed, shown

BANNED_MODULES = ("os", "random", "secrets", "socket", "subprocess", "threading", "time")
BANNED_NAMES = ("uuid.uuid1", "uuid.uuid4")
BANNED_CALLS = ("now", "utcnow", "today", "uuid1", "uuid4")


def impurities(tree: ast.Module) -> list[ast.AST]:
    names = [
        node for name, node in imported(tree) if name in BANNED_NAMES or name.split(".")[0] in BANNED_MODULES
    ]
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and is_banned(node)]
    return [*names, *calls]


def is_banned(call: ast.Call) -> bool:
    """`datetime.now()`, `dt.datetime.utcnow()`, `date.today()`, `uuid4()`; `ctx.now` is no call."""
    return dotted(call.func).rpartition(".")[2] in BANNED_CALLS or dotted(call.func) in (
        "open",
        "print",
        "input",
    )


def test_the_core_knows_no_clock_and_no_chance() -> None:
    core = code_files("contexts", "schemas")
    assert [shown(file, node) for file in core for node in impurities(parsed(file))] == []


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndatetime.now()",
        "import datetime as dt\ndt.datetime.utcnow()",
        "from datetime import date\ndate.today()",
        "from uuid import uuid4",
        "import uuid\nuuid.uuid4()",
        "import time",
        "from random import choice",
        "from os import path",
        "print(1)",
    ],
)
def test_the_rule_sees(source: str) -> None:
    assert impurities(ast.parse(source))


def test_the_rule_lets_the_context_speak() -> None:
    assert not impurities(
        ast.parse("from datetime import datetime\nfrom uuid import UUID, uuid5\nx = ctx.now")
    )
