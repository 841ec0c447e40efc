"""How long files and functions are: `python -m tests.architecture.sizes` prints it."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from rich.console import Console
from rich.table import Table

from tests.architecture.tree import ROOT, code_files, parsed, python_files, shown


@dataclass(frozen=True)
class Sizes:
    """Lengths in lines, with where each is."""

    of: str
    lengths: Sequence[tuple[int, str]]

    @property
    def lines(self) -> list[int]:
        return [length for length, _ in self.lengths]

    @property
    def median(self) -> float:
        return median(self.lines)

    @property
    def p90(self) -> float:
        return quantiles(self.lines, n=10)[-1]

    @property
    def longest(self) -> tuple[int, str]:
        return max(self.lengths)

    def over(self, limit: int) -> list[str]:
        return [f"{where} ({length})" for length, where in self.lengths if length > limit]


def files() -> Sizes:
    """Every Python file with something in it; empty ones would flatter the median."""
    lengths = [(len(file.read_text().splitlines()), shown(file)) for file in python_files()]
    return Sizes("file", [(length, where) for length, where in lengths if length])


def files_of(package: str) -> Sizes:
    return Sizes(package, [item for item in files().lengths if item[1].startswith(f"{package}/")])


def functions() -> Sizes:
    """Functions outside the tests, from `def` to their end; bare signatures of protocols do not count."""
    return Sizes(
        "function", [length for file in code_files() for length in lengths_in(parsed(file), shown(file))]
    )


def lengths_in(tree: ast.Module, where: str) -> list[tuple[int, str]]:
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(length(node), f"{where}:{node.lineno} {node.name}") for node in found if not is_signature(node)]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def is_signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Nothing but `...` or a docstring."""
    return all(isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) for part in node.body)


def table() -> Table:
    top = sorted({file.relative_to(ROOT).parts[0] for file in python_files()})
    found = Table(title="lines")
    for column in ("", "count", "median", "p90", "max", "longest"):
        found.add_column(column, justify="left" if column in ("", "longest") else "right")
    by_folder = [sizes for name in top if (sizes := files_of(name)).lengths]
    for sizes in (files(), functions(), *(sizes for sizes in by_folder if len(sizes.lengths) > 1)):
        longest, where = sizes.longest
        numbers = (len(sizes.lengths), round(sizes.median), round(sizes.p90), longest)
        found.add_row(sizes.of, *map(str, numbers), where)
    return found


if __name__ == "__main__":
    Console().print(table())
