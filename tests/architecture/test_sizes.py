"""Small files, small functions."""

from rich.console import Console

from tests.architecture.sizes import files, functions, table


def test_files_are_small() -> None:
    Console().print(table())
    assert files().median < 120
    assert files().over(400) == []


def test_functions_are_small() -> None:
    assert functions().median < 10
    assert functions().over(50) == []
