from rich.console import RenderableType
from rich.padding import Padding

from api.cli.look import out

LEFT = (0, 0, 0, 3)


def show(made: RenderableType) -> None:
    """Under the sentences around it."""
    out.print()
    out.print(Padding(made, LEFT, expand=False))
