"""What was stored once can be read for ever."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bus.docs import SAMPLES, SCHEMAS, broken, without_sample
from bus.event_schemas import breaks
from schemas.base import Event
from schemas.registry import EVENTS, event_from

STORED = sorted(SAMPLES.glob("*.json"))
CALL_SETTLED = SCHEMAS / "billing.ledger.call_settled.v1.json"


def name_and_version(file: Path) -> tuple[str, int]:
    name, _, version = file.stem.rpartition(".v")
    return name, int(version)


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.type_name)
def test_a_stored_shape_only_grows(event: type[Event]) -> None:
    assert broken(event) == []


def test_every_version_ever_stored_has_shape_and_sample() -> None:
    assert without_sample() == []
    assert [file.name for file in STORED] == [file.name for file in sorted(SCHEMAS.glob("*.json"))]


@pytest.mark.parametrize("file", STORED, ids=lambda file: file.stem)
def test_a_stored_event_is_read_by_todays_code(file: Path) -> None:
    name, version = name_and_version(file)
    event = event_from(name, version, file.read_bytes())
    assert type(event).model_validate_json(event.model_dump_json()) == event


@pytest.mark.parametrize("file", STORED, ids=lambda file: file.stem)
def test_a_stored_event_fits_its_schema(file: Path) -> None:
    schema = json.loads((SCHEMAS / file.name).read_text())
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    validator.validate(json.loads(file.read_text()))


def changed(path: str, value: Any) -> list[str]:
    """What breaks when the schema of a settled call is changed at one place."""
    old = json.loads(CALL_SETTLED.read_text())
    new = deepcopy(old)
    *folders, last = path.split("/")
    part = new
    for folder in folders:
        part = part[folder]
    if value is None:
        del part[last]
    else:
        part[last] = value
    return list(breaks(old, new))


def test_growing_breaks_nothing() -> None:
    assert changed("properties/note", {"type": "string", "default": ""}) == []
    assert changed("$defs/Note", {"type": "object"}) == []
    assert changed("description", "said better") == []
    assert changed("$defs/Posting/properties/side/enum", ["debit", "credit", "memo"]) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("properties/price", None),
        ("properties/degraded/type", "string"),
        ("required", ["note"]),
        ("$defs/Posting/properties/side/enum", ["debit"]),
        ("$defs/Usage/properties/input/default", 1),
        ("$defs/Usage/properties/input/minimum", 1),
    ],
)
def test_changing_breaks(path: str, value: Any) -> None:
    assert changed(path, value)
