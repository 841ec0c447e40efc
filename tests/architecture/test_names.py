"""Names that are stored or shared are chosen by rule."""

import ast
import re
from importlib.metadata import packages_distributions

import pytest

from schemas.base import Command, Event
from schemas.registry import COMMANDS, EVENTS
from tests.architecture.tree import PACKAGES, code_files, parsed, shown

TYPE_NAME = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*\.[a-z][a-z_]*")
SUBJECT = re.compile(r"(cmd|evt|live|dlq|redo|hb)\.")
MESSAGES = [*COMMANDS.values(), *EVENTS.values()]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.__name__)
def test_a_type_is_named_context_aggregate_word(message: type[Command] | type[Event]) -> None:
    assert TYPE_NAME.fullmatch(message.type_name)
    assert message.type_name.split(".")[0] == message.__module__.split(".")[1]


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.__name__)
def test_a_command_goes_to_a_stream_of_its_aggregate(command: type[Command]) -> None:
    assert command.stream.partition("-")[0] == command.type_name.split(".")[1]


def test_no_installed_package_has_the_name_of_ours() -> None:
    assert {*PACKAGES, "tests"} & packages_distributions().keys() == set()


def test_only_one_file_builds_subjects() -> None:
    found = [
        shown(file, node)
        for file in code_files()
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SUBJECT.match(node.value)
    ]
    assert {place.partition(":")[0] for place in found} == {"bus/subjects.py"}
