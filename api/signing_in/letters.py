"""Letters about signing in. Where they go is sealed under the key of whom they are for."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from api.parts import Deps
from api.rows.people import UserRow
from api.signing_in.ordering import ordered
from infra.identity.codes import LIFE, Issued
from schemas.notifications.commands import RequestLetter
from schemas.notifications.types import Letter, Template

MINUTES = str(int(LIFE.total_seconds() // 60))


def link(deps: Deps, page: str, secret: str = "") -> str:
    """What opens something stands after the #: browsers send that to no server, and log it nowhere."""
    return f"{deps.registration.console}/{page}" + (f"#{secret}" if secret else "")


async def to_subject(
    deps: Deps,
    subject: UUID,
    email: str,
    template: Template,
    values: Mapping[str, str],
    sealed: Mapping[str, str] | None = None,
    good_for: timedelta | None = LIFE,
    until: datetime | None = None,
) -> None:
    """`subject`: under whose key it is sealed, as that of an account that is to be, `until` then at least."""
    secrets = sealed or {}
    to, *hidden = await deps.people.box.seal(subject, email, *secrets.values(), until=until)
    letter = Letter(
        letter_id=uuid4(),
        to=to,
        template=template,
        values=dict(values),
        sealed=dict(zip(secrets, hidden, strict=True)),
        good_until=deps.clock() + good_for if good_for else None,
    )
    await ordered(deps, RequestLetter(letter=letter))


async def to_user(deps: Deps, user: UserRow, template: Template, **options: Any) -> None:
    """Nothing to somebody who was erased meanwhile."""
    email = await deps.people.email_of(user.email)
    if email is not None:
        await to_subject(deps, user.id, email, template, **options)


def code_and_link(deps: Deps, page: str, issued: Issued) -> dict[str, str]:
    return {"code": issued.code, "link": link(deps, page, issued.link)}
