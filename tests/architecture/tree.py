"""The repository's Python files, read once."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "bus", "contexts", "infra", "projections", "schemas")


@cache
def tracked() -> tuple[Path, ...]:
    """What git knows, and what it would be told by `git add`."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(file for name in sorted(set(names.split("\0"))) if name and (file := ROOT / name).is_file())


def python_files() -> list[Path]:
    return [file for file in tracked() if file.suffix == ".py"]


def code_files(*packages: str) -> list[Path]:
    """Python files of these top-level packages, by default of all but the tests."""
    wanted = packages or PACKAGES
    return [file for file in python_files() if file.relative_to(ROOT).parts[0] in wanted]


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(), str(file))


def shown(file: Path, node: ast.AST | None = None) -> str:
    line = f":{getattr(node, 'lineno', 1)}" if node else ""
    return f"{file.relative_to(ROOT)}{line}"


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an attribute or a name, '' of anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (owner := dotted(node.value)):
        return f"{owner}.{node.attr}"
    return ""


def imported(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Every dotted name that is imported: `os`, `os.environ`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((f"{node.module}.{alias.name}", node) for alias in node.names)
