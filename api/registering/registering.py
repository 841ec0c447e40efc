"""From a form to a letter. Known and unknown addresses get the same answer for the same work."""

from typing import Final

from api.errors import ApiProblem
from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.registering import pending
from api.registering.choosing import accepted
from api.registering.pending import Ids, Wish
from api.rows.people import UserRow
from api.signing_in.letters import MINUTES, code_and_link, link, to_subject
from infra.identity.codes import Issued, TooManyCodes
from infra.identity.password_policy import About
from infra.identity.registrations import LIFE
from schemas.base import UserId

VERIFY: Final = "verify_email"
FORGOTTEN_AFTER = 2 * LIFE
"""An account is made while its registration is there, or never: the key outlives it well."""


async def register(deps: Deps, wish: Wish, password: str) -> None:
    if not deps.registration.open:
        raise ApiProblem(403, "auth.registration_closed", "Registration is closed. Ask for an invitation.")
    hashed = await accepted(deps, password, About(wish.email, wish.name, wish.company))
    known = await deps.reads.user_by_index(PLATFORM_SCOPE, deps.people.index(wish.email))
    registration = await pending.put(deps, wish, hashed)
    await send_code(deps, wish.email, known, Ids(registration))


async def send_again(deps: Deps, email: str) -> None:
    """To whom we know by that address and have not seen verify it, or who waits to be let in."""
    index = deps.people.index(email)
    known = await deps.reads.user_by_index(PLATFORM_SCOPE, index)
    waiting = await pending.find(deps, index)
    if known is None and waiting is None:
        return
    await send_code(deps, email, known, Ids(waiting[0]) if waiting else None)


async def send_code(deps: Deps, email: str, known: UserRow | None, ids: Ids | None) -> None:
    """A code is made for everybody. Those who are here and verified are told that they are."""
    try:
        issued = await deps.vault.codes.issue(VERIFY, deps.people.index(email))
    except TooManyCodes:
        return
    if known is None and ids is not None:
        await to_verify(deps, ids.user, email, issued)
    elif known is not None and not known.erased:
        await to_known(deps, known, email, issued)


async def to_known(deps: Deps, user: UserRow, email: str, issued: Issued) -> None:
    if user.verified:
        await to_subject(deps, user.id, email, "account_exists", {"link": link(deps, "sign-in")})
    else:
        await to_verify(deps, user.id, email, issued)


async def to_verify(deps: Deps, subject: UserId, email: str, issued: Issued) -> None:
    """Who never answers is forgotten: with the account, if it comes to be, the key is kept for good."""
    values, until = {"minutes": MINUTES}, deps.clock() + FORGOTTEN_AFTER
    opens = code_and_link(deps, "verify", issued)
    await to_subject(deps, subject, email, VERIFY, values, opens, until=until)
