"""Nobody gets what is another's, whatever the operation, the role and the id, and wherever it is read."""

from collections.abc import Sequence
from functools import partial

import pytest

from bus.prepare import prepare
from infra.db.pools import WORKER
from tests.api.matrix.cells import Cell, cells
from tests.api.matrix.real import postgres
from tests.api.matrix.sheet import FILE, sheet, summary
from tests.api.world import World
from tests.support.servers import FreshDatabase

TEMPLATE = "matrix_template"


@pytest.fixture(scope="module")
async def prepared(fresh_database: FreshDatabase) -> str:
    await prepare(fresh_database(TEMPLATE))
    return TEMPLATE


@pytest.fixture(scope="module")
async def in_memory() -> Sequence[Cell]:
    return [cell async for cell in cells(World())]


@pytest.fixture(scope="module")
async def on_postgres(fresh_database: FreshDatabase, prepared: str) -> Sequence[Cell]:
    side = partial(postgres, fresh_database("matrix", template=prepared))
    return [cell async for cell in cells(World(), read_from=side)]


def check(found: Sequence[Cell], where: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A difference is either a defect or to be reviewed: `./justw matrix` writes the file anew."""
    with capsys.disabled():
        print(f"\n{summary(found)} {where}")
    assert [cell for cell in found if cell.leak] == []
    assert [cell for cell in found if cell.status >= 500] == []
    assert sheet(found).splitlines() == FILE.read_text().splitlines()


def test_the_matrix_is_the_one_that_was_reviewed(
    in_memory: Sequence[Cell], capsys: pytest.CaptureFixture[str]
) -> None:
    check(in_memory, "in memory", capsys)


def test_it_is_the_same_with_row_level_security(
    on_postgres: Sequence[Cell], capsys: pytest.CaptureFixture[str]
) -> None:
    check(on_postgres, "on Postgres", capsys)


def test_what_is_told_is_there_to_be_told_on_postgres(
    in_memory: Sequence[Cell], on_postgres: Sequence[Cell]
) -> None:
    """Tables that are empty would tell nobody anything."""
    pairs = list(zip(in_memory, on_postgres, strict=True))
    assert [real for fake, real in pairs if fake.told - real.told] == []


LEAKY = [("get", "/executions/{job_id}"), ("get", "/executions"), ("get", "/executions/{job_id}/stream")]
BY_PATH = {(path, whose) for _, path in LEAKY if "{" in path for whose in ("sibling", "stranger")}


async def test_a_read_side_without_isolation_is_found_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.reads, "sees", lambda scope, tenant_id: True)
    assert leaking([cell async for cell in cells(world, LEAKY)]) == {("/executions", "own"), *BY_PATH}


async def test_an_edge_that_reads_as_the_workers_do_is_found_out(
    world: World, fresh_database: FreshDatabase, prepared: str
) -> None:
    """But for the list: it names its tenant all the same."""
    side = partial(postgres, fresh_database("matrix_leaky", template=prepared), reader=WORKER)
    assert leaking([cell async for cell in cells(world, LEAKY, side)]) == BY_PATH


def leaking(found: Sequence[Cell]) -> set[tuple[str, str]]:
    return {(cell.path, cell.whose) for cell in found if cell.leak and "tenant" in cell.role}
