"""Which passwords we take. Pure: long ones that say nothing of their owner and that nobody would try."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from infra.identity.common_passwords import is_common, is_predictable
from infra.identity.plain_text import distance, letters, plain, unleet
from schemas.envelope import Problem

SHORTEST, LONGEST = 12, 128
SHORTEST_TERM = 4
ENOUGH_ELSE = 8
"""A password may say who somebody is if so many characters of it say something else."""

NEAR = 2
"""Letters in which a password differs from a word and is still that word."""

MOST_TERMS, LONGEST_TERM = 40, 64


@dataclass(frozen=True, slots=True)
class About:
    """What others know of somebody who chooses a password."""

    email: str = ""
    name: str = ""
    company: str = ""


def problems_of(password: str, about: About = About()) -> tuple[Problem, ...]:
    """Every rule the password breaks. What is far too long is not looked at further."""
    if len(password) > LONGEST:
        return (problem("too_long", f"Use at most {LONGEST} characters."),)
    return tuple(found(password, about))


def found(password: str, about: About) -> Iterator[Problem]:
    if len(password) < SHORTEST:
        yield problem("too_short", f"Use at least {SHORTEST} characters; a sentence of four words is good.")
    if is_predictable(password):
        yield problem("predictable", "Leave out repeated patterns and rows of the keyboard or alphabet.")
    elif is_common(password):
        yield problem("common", "This is among the passwords tried first; use several unrelated words.")
    for what, terms in known_terms(about):
        if is_similar(password, terms):
            yield problem(f"similar_to_{what}", f"Leave your {what} out of the password.")


def breached() -> Problem:
    return problem("breached", "This password was in a data breach; use one you have used nowhere else.")


def problem(rule: str, message: str) -> Problem:
    return Problem(code=f"password.{rule}", message=message, path="password")


def known_terms(about: About) -> Iterator[tuple[str, list[str]]]:
    yield "email", terms_of(about.email)
    yield "name", terms_of(about.name)
    yield "company", terms_of(about.company)


def terms_of(text: str) -> list[str]:
    """The words of a text, and all together, longest first."""
    words = [plain(word) for word in re.split(r"[^\w]+|_", text)[:MOST_TERMS]]
    every = {word[:LONGEST_TERM] for word in (*words, "".join(words)) if len(word) >= SHORTEST_TERM}
    return sorted(every, key=len, reverse=True)


def is_similar(password: str, terms: list[str]) -> bool:
    """It is a word of these, nearly one, or not much besides. Digits read as letters make no difference."""
    return any(
        says_little_else(form, terms) or any(is_near(form, term) for term in terms)
        for form in {plain(password), plain(unleet(password.casefold())), letters(password)}
    )


def says_little_else(form: str, terms: list[str]) -> bool:
    left = form
    for term in terms:
        left = left.replace(term, "").replace(term[::-1], "")
    return left != form and len(left) < ENOUGH_ELSE


def is_near(form: str, term: str) -> bool:
    return abs(len(form) - len(term)) <= NEAR and distance(form, term) <= NEAR
