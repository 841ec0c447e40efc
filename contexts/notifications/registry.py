from contexts.kernel import Effect, Handler, Policy, Registry
from contexts.notifications.effects.send import send
from contexts.notifications.letter import LETTER, record_failure, record_sent, request, try_again
from contexts.notifications.policies import (
    when_impersonation_started,
    when_invitation_sent,
    when_user_erased,
)
from schemas.access import Permission
from schemas.identity.events import UserErased
from schemas.identity.invitations import InvitationSent
from schemas.identity.support import ImpersonationStarted
from schemas.notifications import commands as c
from schemas.notifications import events as e

REGISTRY = Registry(
    context="notifications",
    handlers=(
        Handler(c.RequestLetter, LETTER, request, Permission.LETTERS_REQUEST),
        Handler(c.TryLetterAgain, LETTER, try_again, Permission.INTERNAL),
        Handler(c.RecordLetterSent, LETTER, record_sent, Permission.INTERNAL),
        Handler(c.RecordLetterFailure, LETTER, record_failure, Permission.INTERNAL),
    ),
    policies=(
        Policy("notifications.when_invitation_sent", InvitationSent, when_invitation_sent),
        Policy("notifications.when_user_erased", UserErased, when_user_erased),
        Policy("notifications.when_impersonation_started", ImpersonationStarted, when_impersonation_started),
    ),
    effects=(
        Effect("notifications.send", e.LetterRequested, send),
        Effect("notifications.send_again", e.LetterTriedAgain, send),
    ),
)
