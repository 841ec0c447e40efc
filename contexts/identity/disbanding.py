"""The end of a team: its place is no more."""

from collections.abc import Sequence

from contexts.identity.team import Team, roles_of
from contexts.kernel import Context
from schemas.base import Event
from schemas.identity.commands import DisbandTeam
from schemas.identity.events import MembershipRevoked, TeamDisbanded


def disband(state: Team | None, command: DisbandTeam, ctx: Context) -> Sequence[Event]:
    if state and state.disbanded:
        return []
    gone = [
        MembershipRevoked(place=command.place, user_id=user_id, reason=command.reason)
        for user_id in roles_of(state)
    ]
    return [*gone, TeamDisbanded(place=command.place, members=tuple(roles_of(state)))]
