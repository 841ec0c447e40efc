"""Tools."""

from collections.abc import Sequence
from pathlib import Path

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import merge
from schemas.authoring.events import ToolDeprecated, ToolSet
from schemas.envelope import Recorded

TOOLS = merge("tools", key=("tenant_id", "name"), changing=("definition", "hash", "deprecated"))


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    await tx.write(TOOLS, fold(ON, Rows(), events).rows.values())


def tool_set(rows: Rows, recorded: Recorded, event: ToolSet) -> None:
    rows.put(
        recorded.stream,
        recorded,
        name=event.name,
        definition=event.definition,
        hash=event.hash,
        deprecated=False,
    )


def deprecated(rows: Rows, recorded: Recorded, event: ToolDeprecated) -> None:
    rows.put(recorded.stream, recorded, name=event.name, deprecated=True)


ON: Handlers[Rows] = {ToolSet: tool_set, ToolDeprecated: deprecated}

PROJECTION = Projection(
    name="tools",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("tools",),
    project=project,
)
