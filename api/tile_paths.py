"""Numbers of tiles as C2SP's tlog-tiles writes them: `x001/x234/067`, a partial one `067.p/17`."""

import re

from infra.audit.merkle import TILE_WIDTH

PATH = re.compile(r"((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


class BadTile(ValueError):
    """No tile is named so."""


def parsed(path: str) -> tuple[int, int]:
    """Number and width."""
    found = PATH.fullmatch(path)
    width = int(found[2] or TILE_WIDTH) if found else 0
    if found is None or width > TILE_WIDTH or len(path) > 40:
        raise BadTile(path)
    return int(found[1].replace("x", "").replace("/", "")), width
