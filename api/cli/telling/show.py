from rich.padding import Padding
from rich.table import Table

from api.cli.look import out

LEFT = (0, 0, 0, 3)


def show(made: Table) -> None:
    """Under the sentences around it."""
    out.print()
    out.print(Padding(made, LEFT, expand=False))
