"""Generated pages are up to date, and tell of everything."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from api.cli.app import app
from bus import docs, wiring
from bus.stories import EVENT_STORIES, STORIES
from infra import docs as settings_docs
from infra import role_docs
from infra.settings import PREFIX, Settings
from schemas.access import Permission
from schemas.base import Command, Event
from schemas.registry import COMMANDS, EVENTS
from schemas.tenancy.erasure import ContentErased
from tests.architecture.tree import ROOT

MESSAGES = [*COMMANDS.values(), *EVENTS.values()]
STALE = "out of date: run `./justw docs`"


def pages() -> list[Path]:
    return [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]


def test_the_generated_pages_are_up_to_date() -> None:
    stale = [
        file.name for file, text in docs.wanted().items() if not file.exists() or file.read_text() != text
    ]
    assert stale == [], STALE


def test_the_table_of_roles_is_up_to_date() -> None:
    assert role_docs.FILE.read_text() == role_docs.page(), STALE


def test_every_setting_is_documented() -> None:
    page = settings_docs.FILE.read_text()
    assert [name for name in Settings.model_fields if f"`{PREFIX}{name.upper()}`" not in page] == []
    assert page == settings_docs.page(), STALE
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.__name__)
def test_every_message_has_its_story(message: type[Command] | type[Event]) -> None:
    page = docs.FLOWS.read_text()
    assert f"### {message.__name__}\n\n`{message.type_name}`" in page


def test_every_event_can_come_about() -> None:
    """But a tombstone, which is no decision's: the record itself puts it in place of what was erased."""
    without = [event for event, story in EVENT_STORIES.items() if not story.causes]
    assert without == [ContentErased.type_name]


def test_every_command_can_lead_to_something() -> None:
    assert [name for name, story in STORIES.items() if not story.events] == []


def test_every_internal_command_has_a_sender() -> None:
    sent = {c for story in EVENT_STORIES.values() for reaction in story.reactions for c in reaction.commands}
    internal = {h.command for h in wiring.HANDLERS.values() if h.permission is Permission.INTERNAL}
    assert internal - sent == set()


def test_every_command_line_of_the_pages_exists() -> None:
    recipes = set(re.findall(r"^([a-z]+)[^:=\n]*:", (ROOT / "justfile").read_text(), re.MULTILINE))
    told = [line for page in pages() for line in re.findall(r"\./justw ([a-z]+[a-z -]*)", page.read_text())]
    assert {line.split()[0] for line in told} <= recipes
    hb = get_command(app)
    assert [line for line in told if line.startswith("hb ") and not known(hb, line.split()[1:])] == []


def known(command: Any, words: Sequence[str]) -> bool:
    """Words name a command as long as there are groups; what follows is an argument."""
    groups: dict[str, Any] = getattr(command, "commands", {})
    return not groups or (bool(words) and words[0] in groups and known(groups[words[0]], words[1:]))


def test_every_link_of_the_pages_leads_somewhere() -> None:
    broken = [
        f"{page.name}: {target}"
        for page in pages()
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []
