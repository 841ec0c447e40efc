"""The matrix as a file people review: an operation, then who gets which answers."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from tests.api.matrix.cells import WHOSE, Cell

FILE = Path(__file__).with_name("expected.txt")
HEAD = (
    f"# status with ids: {', '.join(WHOSE)}; less where two are the same; one without any. Then the roles.\n"
)


def sheet(cells: Iterable[Cell]) -> str:
    by_operation = groupby(sorted(cells, key=operation), key=operation)
    return HEAD + "".join(block(path, method, list(found)) for (path, method), found in by_operation)


def operation(cell: Cell) -> tuple[str, str]:
    return cell.path, cell.method


def block(path: str, method: str, cells: Sequence[Cell]) -> str:
    roles: dict[str, list[str]] = {}
    for role, found in groupby(sorted(cells, key=lambda cell: cell.role), key=lambda cell: cell.role):
        answers = sorted(found, key=lambda cell: WHOSE.index(cell.whose))
        roles.setdefault(" ".join(str(cell.status) for cell in answers), []).append(role.value)
    lines = [f"    {answers:11}  {', '.join(who)}\n" for answers, who in sorted(roles.items())]
    return f"\n{method.upper()} {path}\n" + "".join(lines)


def summary(cells: Sequence[Cell]) -> str:
    routes = len({operation(cell) for cell in cells})
    roles = len({cell.role for cell in cells})
    foreign = sum(cell.whose != "own" for cell in cells)
    leaks = sum(bool(cell.leak) for cell in cells)
    return f"isolation: routes {routes} x roles {roles} x foreign ids tried {foreign}, leaks {leaks}"
