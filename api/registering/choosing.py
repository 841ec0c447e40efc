"""A password somebody chooses, judged and hashed. Nobody we know or do not know makes a difference here."""

from collections.abc import Sequence

import structlog

from api import metrics
from api.errors import ApiProblem
from api.parts import Deps
from infra.identity.choosing import judged
from infra.identity.password_policy import About
from schemas.envelope import Problem

log = structlog.get_logger()


async def accepted(deps: Deps, password: str, about: About) -> str:
    """Its hash."""
    found = await judged(password, about, deps.registration.check)
    if found.unchecked:
        metrics.PASSWORDS_UNCHECKED.inc()
        log.warning("password_unchecked", reason="the check for breached passwords did not answer")
    refuse(found.problems)
    return await deps.passwords.hash(password)


def refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise ApiProblem(422, "auth.password_refused", "Choose another password.", problems)
