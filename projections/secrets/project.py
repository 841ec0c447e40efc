"""The names of secrets."""

from collections.abc import Sequence
from pathlib import Path

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import delete, merge
from schemas.authoring.events import SecretRemoved, SecretSet
from schemas.envelope import Recorded

SECRETS = merge("secrets", key=("tenant_id", "name"), changing=("fingerprint",))
GONE = delete("secrets", key=("tenant_id", "name"))


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    rows = fold(ON, Rows(), events)
    await tx.write(GONE, rows.gone.values())
    await tx.write(SECRETS, rows.rows.values())


def secret_set(rows: Rows, recorded: Recorded, event: SecretSet) -> None:
    rows.put(recorded.stream, recorded, name=event.name, fingerprint=event.fingerprint)


def removed(rows: Rows, recorded: Recorded, event: SecretRemoved) -> None:
    rows.remove(recorded.stream, recorded, tenant_id=recorded.tenant_id, name=event.name)


ON: Handlers[Rows] = {SecretSet: secret_set, SecretRemoved: removed}

PROJECTION = Projection(
    name="secrets",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("secrets",),
    project=project,
)
