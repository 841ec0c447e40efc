from collections.abc import Iterable

from bus.facts.reading import Facts, Read
from contexts.identity.facts import PlaceFacts, SupportFacts
from contexts.identity.team import Team
from schemas.base import Command
from schemas.envelope import Envelope
from schemas.identity.invitations import Invite
from schemas.identity.support import StartImpersonation


def team(command: StartImpersonation, state: object, envelope: Envelope) -> Iterable[str]:
    return (f"team-{command.tenant_id}",)


def support(command: StartImpersonation, state: object, envelope: Envelope, read: Read) -> SupportFacts:
    members: Team | None = read(f"team-{command.tenant_id}")
    return SupportFacts(role=members.roles.get(command.user_id) if members else None)


def team_there(command: Invite, state: object, envelope: Envelope) -> Iterable[str]:
    return (f"team-{command.place.id}",)


def place(command: Invite, state: object, envelope: Envelope, read: Read) -> PlaceFacts:
    members: Team | None = read(f"team-{command.place.id}")
    return PlaceFacts(closed=members is not None and members.disbanded)


FACTS: dict[type[Command], Facts] = {
    Invite: Facts(team_there, place),
    StartImpersonation: Facts(team, support),
}
