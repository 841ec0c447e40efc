"""Secrets never become messages, and never lie in the repository."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from schemas.base import Command, Event
from schemas.registry import COMMANDS, EVENTS
from tests.architecture.tree import shown, tracked

MESSAGES = [*COMMANDS.values(), *EVENTS.values()]
SECRET_FIELD = re.compile(r"password|secret|api_?key|private_?key|credential|(access|refresh)_token")
HARMLESS = {"password_hash", "secret_ciphertext"}
SECRET_TEXT = re.compile(
    rb"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    rb"|\b(sk-[A-Za-z0-9]{20,}|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36})\b"
)


def fields(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in schema.values():
            yield from fields(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from fields(part)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.__name__)
def test_no_message_has_a_field_for_a_secret(message: type[Command] | type[Event]) -> None:
    named = set(fields(message.model_json_schema()))
    assert {name for name in named if SECRET_FIELD.search(name)} <= HARMLESS


def test_no_file_holds_a_key() -> None:
    assert [shown(file) for file in tracked() if SECRET_TEXT.search(file.read_bytes())] == []
