"""Texts as somebody who guesses would compare them."""

import unicodedata

LEET = str.maketrans("0134578@$!|+", "oieastbasilt")


def plain(text: str) -> str:
    """Lower case, without accents, and only letters and digits."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if char.isalnum())


def unleet(text: str) -> str:
    """`p4ssw0rd` read as `password`."""
    return text.translate(LEET)


def letters(text: str) -> str:
    return "".join(char for char in plain(unleet(text)) if char.isalpha())


def distance(one: str, other: str) -> int:
    """How many letters must be changed, added or left out to make one from the other."""
    row = list(range(len(other) + 1))
    for above, a in enumerate(one, start=1):
        before, row[0] = row[0], above
        for left, b in enumerate(other, start=1):
            before, row[left] = row[left], min(row[left] + 1, row[left - 1] + 1, before + (a != b))
    return row[-1]
