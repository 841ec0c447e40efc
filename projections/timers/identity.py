"""When an invitation and an impersonation are over."""

from projections.fold import Handlers
from projections.timers.batch import SKEW, Batch, set_timer
from schemas.envelope import Recorded
from schemas.identity import invitations as i
from schemas.identity import support as s


def sent(batch: Batch, recorded: Recorded, event: i.InvitationSent) -> None:
    command = i.ExpireInvitation(place=event.place, invitation_id=event.invitation_id)
    set_timer(batch, recorded, f"invitation:{event.invitation_id}", event.expires_at + SKEW, command)


def answered(
    batch: Batch, recorded: Recorded, event: i.InvitationAccepted | i.InvitationRevoked | i.InvitationExpired
) -> None:
    name = f"invitation:{event.invitation_id}"
    batch.timers.remove(name, recorded, name=name)


def started(batch: Batch, recorded: Recorded, event: s.ImpersonationStarted) -> None:
    command = s.ExpireImpersonation(tenant_id=event.tenant_id, impersonation_id=event.impersonation_id)
    set_timer(batch, recorded, f"impersonation:{event.impersonation_id}", event.until + SKEW, command)


def ended(batch: Batch, recorded: Recorded, event: s.ImpersonationEnded) -> None:
    name = f"impersonation:{event.impersonation_id}"
    batch.timers.remove(name, recorded, name=name)


ON: Handlers[Batch] = {
    i.InvitationSent: sent,
    i.InvitationAccepted: answered,
    i.InvitationRevoked: answered,
    i.InvitationExpired: answered,
    s.ImpersonationStarted: started,
    s.ImpersonationEnded: ended,
}
