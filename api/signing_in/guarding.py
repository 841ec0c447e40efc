"""Guessing is slowed down, then stopped: for one account and from one address, over all processes."""

from collections.abc import Awaitable, Callable

from api.errors import ApiProblem
from api.parts import Deps
from infra.identity.lockouts import LockedOut


async def guarded(deps: Deps, account: str, ip: str, check: Callable[[], Awaitable[bool]]) -> bool:
    """Waits as long as earlier failures demand, then checks. Whether there is such an account makes no
    difference; a success clears its failures.
    """
    try:
        attempt = await deps.vault.lockouts.attempt(account, ip)
    except LockedOut as error:
        raise locked_out(error) from error
    if attempt.delay:
        await deps.sleep(attempt.delay)
    if not await check():
        return False
    await deps.vault.lockouts.passed(account, ip)
    return True


def locked_out(error: LockedOut) -> ApiProblem:
    return ApiProblem(
        429,
        "auth.locked",
        "Too many attempts. Wait, or unlock the account by mail: POST /auth/unlock.",
        headers={"Retry-After": str(error.retry_after_seconds)},
    )
