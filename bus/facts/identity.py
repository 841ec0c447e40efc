from collections.abc import Iterable

from bus.facts.reading import Facts, Read
from contexts.identity.facts import SupportFacts
from contexts.identity.team import Team
from schemas.base import Command
from schemas.envelope import Envelope
from schemas.identity.support import StartImpersonation


def team(command: StartImpersonation, state: object, envelope: Envelope) -> Iterable[str]:
    return (f"team-{command.tenant_id}",)


def support(command: StartImpersonation, state: object, envelope: Envelope, read: Read) -> SupportFacts:
    members: Team | None = read(f"team-{command.tenant_id}")
    return SupportFacts(role=members.roles.get(command.user_id) if members else None)


FACTS: dict[type[Command], Facts] = {StartImpersonation: Facts(team, support)}
