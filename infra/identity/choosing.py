"""Judges a password somebody chooses: by our rules first, then by what leaked elsewhere."""

from dataclasses import dataclass

from infra.identity.breached_passwords import BreachCheck
from infra.identity.password_policy import About, breached, problems_of
from schemas.envelope import Problem


@dataclass(frozen=True, slots=True)
class Judged:
    """It is taken when there are no problems. `unchecked`: the online check did not answer."""

    problems: tuple[Problem, ...] = ()
    unchecked: bool = False


async def judged(password: str, about: About, check: BreachCheck) -> Judged:
    """Others are asked only about passwords we would take."""
    if problems := problems_of(password, about):
        return Judged(problems)
    answer = await check(password)
    return Judged((breached(),) if answer.breached else (), answer.unchecked)
