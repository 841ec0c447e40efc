"""Requests that move money: without an idempotency key a retry could move it twice, so there is none."""

from typing import Annotated

from fastapi import Depends

from api.errors import ApiProblem
from api.submit import Attempt, AttemptDep, IdempotencyKey


async def keyed(attempt: AttemptDep, idempotency_key: IdempotencyKey = None) -> Attempt:
    if idempotency_key is None:
        raise ApiProblem(
            400,
            "request.idempotency_key_required",
            "This moves money: send an Idempotency-Key, and the same one with every retry.",
        )
    return attempt


KeyedAttemptDep = Annotated[Attempt, Depends(keyed)]
