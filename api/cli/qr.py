"""A text as a picture that a phone's camera reads."""

from itertools import zip_longest

import segno
from rich.text import Text

INK = "black on bright_white"
"""Whatever the terminal's colours are: readers want dark on light."""

BORDER = 2
HALVES = {
    (0, 0): " ",
    (1, 0): "\N{UPPER HALF BLOCK}",
    (0, 1): "\N{LOWER HALF BLOCK}",
    (1, 1): "\N{FULL BLOCK}",
}


def picture(text: str) -> Text:
    """Two rows of the code to a line: a character is about twice as high as wide."""
    rows = [tuple(row) for row in segno.make_qr(text, error="l").matrix_iter(border=BORDER)]
    lines = zip_longest(rows[::2], rows[1::2], fillvalue=(0,) * len(rows[0]))
    return Text("\n").join(
        Text("".join(HALVES[pair] for pair in zip(upper, lower, strict=True)), INK) for upper, lower in lines
    )
