"""How a request that is ready but for its secrets names them: `{{ secrets.NAME }}`, in headers and query."""

import re
from collections.abc import Callable

PATTERN = re.compile(r"\{\{\s*secrets\.([A-Z][A-Z0-9_]{0,39})\s*\}\}")


def reference(name: str) -> str:
    return f"{{{{ secrets.{name} }}}}"


def named(text: str) -> list[str]:
    return PATTERN.findall(text)


def filled(text: str, value_of: Callable[[str], str]) -> str:
    """Once: what a value holds is never read as a reference."""
    return PATTERN.sub(lambda match: value_of(match[1]), text)
