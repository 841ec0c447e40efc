"""A new password for whom the old one is lost, or who wants another; and the end of a lock."""

from collections.abc import Sequence
from typing import Literal

from api.models.mail_proofs import MailProof
from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.registering.choosing import accepted, refuse
from api.registering.mail_proofs import address_shown, bad_code
from api.rows.people import UserRow
from api.signing_in.letters import MINUTES, code_and_link, to_user
from api.signing_in.oneself import Oneself
from api.signing_in.ordering import ordered
from api.signing_in.people import usable, user_with
from infra.identity.codes import TooManyCodes
from infra.identity.password_policy import About, problems_of
from schemas.identity.commands import NotePasswordChange, VerifyEmail

Purpose = Literal["reset_password", "unlock_account"]
PAGES: dict[Purpose, str] = {"reset_password": "reset", "unlock_account": "unlock"}


async def send_code(deps: Deps, email: str, purpose: Purpose) -> None:
    """To whom we know. It opens one thing, once, for minutes."""
    user = await user_with(deps, email)
    if user is None:
        return
    try:
        issued = await deps.vault.codes.issue(purpose, user.email_index)
    except TooManyCodes:
        return
    opens = code_and_link(deps, PAGES[purpose], issued)
    await to_user(deps, user, purpose, values={"minutes": MINUTES}, sealed=opens)


async def reset(deps: Deps, proof: MailProof, password: str) -> None:
    """Whoever reads their mail owns the account: whoever else is in it is signed out. What is wrong with a
    password whoever has it costs no code.
    """
    refuse(problems_of(password))
    user = await opened(deps, "reset_password", proof)
    hashed = await accepted(deps, password, await about(deps, user))
    await deps.vault.passwords.set(user.id, hashed)
    await deps.vault.sessions.revoke_all(user.id, "password")
    deps.standing.forget()
    await unlocked(deps, user)
    await ordered(deps, NotePasswordChange(user_id=user.id, by="reset by mail"))
    await ordered(deps, VerifyEmail(user_id=user.id, email_index=user.email_index))


async def unlock(deps: Deps, proof: MailProof) -> None:
    await unlocked(deps, await opened(deps, "unlock_account", proof))


async def change(deps: Deps, me: Oneself, password: str) -> Sequence[object]:
    """Ends all other sessions; returns them."""
    hashed = await accepted(deps, password, await about(deps, me.user))
    await deps.vault.passwords.set(me.id, hashed)
    ended = await deps.vault.sessions.revoke_all(me.id, "password", but=me.session_id)
    deps.standing.forget()
    return ended


async def opened(deps: Deps, purpose: Purpose, proof: MailProof) -> UserRow:
    index = await address_shown(deps, purpose, proof)
    if (found := usable(await deps.reads.user_by_index(PLATFORM_SCOPE, index))) is None:
        raise bad_code()
    return found


async def about(deps: Deps, user: UserRow) -> About:
    email, name = await deps.people.open([user.email, user.name])
    return About(*(text if isinstance(text, str) else "" for text in (email, name)))


async def unlocked(deps: Deps, user: UserRow) -> None:
    """Locks are under what people type."""
    if email := await deps.people.email_of(user.email):
        await deps.vault.lockouts.unlock(email)
