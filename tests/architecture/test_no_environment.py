"""The environment is read in infra/settings.py and nowhere else."""

import ast

from tests.architecture.tree import ROOT, code_files, dotted, imported, parsed, shown

READERS = ("os.environ", "os.environb", "os.getenv", "os.putenv", "os.unsetenv")
ALLOWED = ROOT / "infra" / "settings.py"


def readings(tree: ast.Module) -> list[ast.AST]:
    used = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and dotted(node) in READERS]
    return [*used, *(node for name, node in imported(tree) if name in READERS)]


def test_only_the_settings_read_the_environment() -> None:
    others = [file for file in code_files() if file != ALLOWED]
    assert [shown(file, node) for file in others for node in readings(parsed(file))] == []


def test_the_rule_sees() -> None:
    assert readings(parsed(ALLOWED))
