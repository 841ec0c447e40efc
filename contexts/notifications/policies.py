"""What people are told of by letter."""

from datetime import timedelta
from uuid import uuid5

from schemas.envelope import Recorded
from schemas.identity.events import UserErased
from schemas.identity.invitations import InvitationSent
from schemas.identity.support import ImpersonationStarted
from schemas.notifications.commands import RequestLetter
from schemas.notifications.types import Letter

LAST_LETTER = timedelta(days=1)
"""The key its address is sealed under lives longer."""


def when_invitation_sent(event: InvitationSent, recorded: Recorded) -> list[RequestLetter]:
    letter = Letter(
        letter_id=uuid5(event.invitation_id, event.token_hash),
        to=event.email,
        template="invitation",
        values={"place": event.place_name, "role": event.role, "days": str(event.days)},
        sealed={"inviter": event.inviter, "link": event.link},
        good_until=event.expires_at,
    )
    return [RequestLetter(letter=letter)]


def when_user_erased(event: UserErased, recorded: Recorded) -> list[RequestLetter]:
    """The last one. Who asked for it, or was made to, is told that it is so."""
    if event.farewell is None:
        return []
    letter = Letter(
        letter_id=uuid5(event.user_id, "erased"),
        to=event.farewell,
        template="erased",
        values={"at": f"{recorded.recorded_at:%Y-%m-%d %H:%M} UTC"},
        sealed={},
        good_until=recorded.recorded_at + LAST_LETTER,
    )
    return [RequestLetter(letter=letter)]


def when_impersonation_started(event: ImpersonationStarted, recorded: Recorded) -> list[RequestLetter]:
    """To whom support acts as, and to who answers for the tenant, whatever they do about it."""
    until = f"{event.until:%Y-%m-%d %H:%M} UTC"
    values = {"place": event.place_name, "reason": event.reason, "until": until}
    to_user = Letter(
        letter_id=uuid5(event.impersonation_id, "started"),
        to=event.email,
        template="impersonation_started",
        values=values,
        sealed={"by": event.by},
    )
    to_heads = [
        Letter(
            letter_id=uuid5(event.impersonation_id, head),
            to=head,
            template="impersonation_seen",
            values=values,
            sealed={"by": event.by, "user": event.email},
        )
        for head in event.heads
    ]
    return [RequestLetter(letter=letter) for letter in (to_user, *to_heads)]
