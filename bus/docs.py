"""`python -m bus.docs` writes flows, event schemas and the definition's schema into docs/.

Not when a stored event would change its shape.
"""

import json
import sys
from pathlib import Path

from bus import pages
from bus.event_schemas import breaks, file_name, schema_of, written
from bus.stories import ROOT
from schemas.authoring.definition_schema import definition_schema
from schemas.base import Event
from schemas.registry import EVENTS

FLOWS = ROOT / "docs" / "flows.md"
DEFINITION = ROOT / "docs" / "workflow-definition.schema.json"
SCHEMAS = ROOT / "docs" / "events"
SAMPLES = SCHEMAS / "samples"


def broken(event: type[Event]) -> list[str]:
    """What stands against writing this event's schema over the one on disk."""
    file = SCHEMAS / file_name(event)
    if not file.exists():
        return []
    return list(breaks(json.loads(file.read_text()), schema_of(event)))


def without_sample() -> list[Path]:
    files = [SAMPLES / file_name(event) for event in EVENTS.values()]
    return [file for file in files if not file.exists()]


def wanted() -> dict[Path, str]:
    """Every generated file and what is to be in it."""
    found = {SCHEMAS / file_name(event): written(schema_of(event)) for event in EVENTS.values()}
    return {FLOWS: pages.page(), DEFINITION: written(definition_schema()), **found}


def main() -> int:
    problems = [f"{file_name(event)}{problem}" for event in EVENTS.values() for problem in broken(event)]
    for problem in problems:
        print(f"not compatible: {problem}", file=sys.stderr)
    if problems:
        print("Raise the event's type_version and add an upcaster, or give it another name.", file=sys.stderr)
        return 1
    for file, text in wanted().items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    for file in without_sample():
        print(f"write a sample of this event by hand: {file.relative_to(ROOT)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
