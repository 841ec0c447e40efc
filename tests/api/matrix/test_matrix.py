"""Nobody gets what is another's, whatever the operation, the role and the id."""

import pytest

from tests.api.matrix.cells import Cell, cells
from tests.api.matrix.sheet import FILE, sheet, summary
from tests.api.world import World


async def test_the_matrix_is_the_one_that_was_reviewed(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """A difference is either a defect or to be reviewed: `./justw matrix` writes the file anew."""
    found = [cell async for cell in cells(world)]
    with capsys.disabled():
        print(f"\n{summary(found)}")
    assert [cell for cell in found if cell.leak] == []
    assert [cell for cell in found if cell.status >= 500] == []
    assert sheet(found).splitlines() == FILE.read_text().splitlines()


LEAKY = [("get", "/executions/{job_id}"), ("get", "/executions"), ("get", "/executions/{job_id}/stream")]


async def test_a_read_side_without_isolation_is_found_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.reads, "sees", lambda scope, tenant_id: True)
    found: list[Cell] = [cell async for cell in cells(world, LEAKY)]
    leaking = {(cell.path, cell.whose) for cell in found if cell.leak and "tenant" in cell.role}
    by_path = {(path, whose) for _, path in LEAKY if "{" in path for whose in ("sibling", "stranger")}
    assert leaking == {("/executions", "own"), *by_path}
