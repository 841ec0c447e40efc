"""Passwords anybody would try: lists that were leaked, and the same with trivial changes. Works offline."""

import re
from functools import cache

from infra.identity.plain_text import letters, plain, unleet

FIRST_TRIED = 2_000
"""So many of the list are also refused when two of them are put together."""

MOST_REPEATED = 6
"""Of a pattern that is repeated; longer ones must be words of the lists."""

ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "qwertzuiop")
WALKED = (*ROWS, "".join(ROWS[:4]), "".join(ROWS[1:4]))
WALKS = tuple(text for row in WALKED for text in (row * 3, row[::-1] * 3))
LEAST_DIFFERENT = 5
AFFIXES = re.compile(r"^[^a-z]+|[^a-z]+$")


@cache
def listed() -> frozenset[str]:
    """Read at the first use: the lists take some megabytes."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(word for words in FREQUENCY_LISTS.values() for word in words)


@cache
def tried_first() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(word for word in FREQUENCY_LISTS["passwords"][:FIRST_TRIED] if len(word) > 3)


def is_common(password: str) -> bool:
    """Case, digits around it and letters written as digits make no difference."""
    text = password.casefold()
    core = AFFIXES.sub("", text)
    forms = {text, plain(text), unleet(text), core, unleet(core), letters(text)}
    return any(form in listed() or is_pair(form) for form in forms if form)


def is_pair(text: str) -> bool:
    first = tried_first()
    return any(text[:cut] in first and text[cut:] in first for cut in range(4, len(text) - 3))


def is_predictable(password: str) -> bool:
    """A few characters, a pattern over and over, or a walk over the alphabet or the keyboard."""
    text = password.casefold()
    return len(set(text)) < LEAST_DIFFERENT or is_repeated(text) or any(text in walk for walk in WALKS)


def is_repeated(text: str) -> bool:
    """`abcabcabcabc`, `Summer2024Summer2024`; the last time may be cut short."""
    for size in range(1, len(text) // 2 + 1):
        pattern = text[:size]
        if (pattern * (len(text) // size + 1)).startswith(text):
            return size <= MOST_REPEATED or is_common(pattern)
    return False
