"""How the command line looks: one console for the story, one for errors, few colours."""

from collections.abc import Iterable
from decimal import Decimal

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.theme import Theme

THEME = Theme(
    {
        "good": "green",
        "bad": "red",
        "warn": "yellow",
        "quiet": "bright_black",
        "name": "bold",
        "money": "cyan",
        "link": "blue",
    }
)
TICK, CROSS, DOT = "[good]✓[/]", "[bad]✗[/]", "[quiet]·[/]"

out = Console(theme=THEME, highlight=False)
err = Console(theme=THEME, highlight=False, stderr=True)


def complain(message: str, fix: str = "") -> None:
    """What is wrong, then what to do about it."""
    first, *more = message.splitlines() or [""]
    err.print(f"{CROSS} {escape(first)}", soft_wrap=True)
    for line in more:
        err.print(f"  [quiet]{escape(line)}[/]", soft_wrap=True)
    if fix:
        err.print(f"  {escape(fix)}", soft_wrap=True)


def table(*columns: str, right: tuple[str, ...] = ()) -> Table:
    """Without frames: columns, a thin line, rows."""
    made = Table(box=None, pad_edge=False, header_style="quiet", padding=(0, 2, 0, 0))
    for column in columns:
        made.add_column(column, justify="right" if column in right else "left")
    return made


def plain(amount: Decimal) -> str:
    """Exact, without the zeros that say nothing."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def places(amounts: Iterable[Decimal]) -> int:
    """Decimals that show each of them exactly: amounts in one column line up on the point."""
    return max((len(plain(amount).partition(".")[2]) for amount in amounts), default=0)


def usd(amount: Decimal, decimals: int) -> str:
    return f"[money]${amount:.{decimals}f}[/]"
