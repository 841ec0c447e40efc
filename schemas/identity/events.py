from uuid import UUID

from schemas.access import Role
from schemas.base import Claim, Event, UserId
from schemas.identity.types import FactorKind, Person, Place
from schemas.personal import BlindIndex, Personal


class UserRegistered(Event, type_name="identity.user.registered"):
    user_id: UserId
    email: Personal
    email_index: BlindIndex
    name: Personal
    verified: bool

    def claims(self) -> tuple[Claim, ...]:
        return (Claim("email", self.email_index, f"user-{self.user_id}"),)


class EmailVerified(Event, type_name="identity.user.email_verified"):
    user_id: UserId


class UserRenamed(Event, type_name="identity.user.renamed"):
    user_id: UserId
    name: Personal


class PasswordChanged(Event, type_name="identity.user.password_changed"):
    user_id: UserId
    by: str


class FactorAdded(Event, type_name="identity.user.factor_added"):
    user_id: UserId
    factor_id: UUID
    kind: FactorKind
    label: str


class FactorRemoved(Event, type_name="identity.user.factor_removed"):
    user_id: UserId
    factor_id: UUID
    kind: FactorKind


class IdentityLinked(Event, type_name="identity.user.identity_linked"):
    user_id: UserId
    provider: str
    subject_index: BlindIndex
    subject: Personal

    def claims(self) -> tuple[Claim, ...]:
        return (Claim("identity", self.subject_index, f"user-{self.user_id}"),)


class IdentityUnlinked(Event, type_name="identity.user.identity_unlinked"):
    user_id: UserId
    provider: str
    subject_index: BlindIndex

    def releases(self) -> tuple[Claim, ...]:
        return (Claim("identity", self.subject_index, f"user-{self.user_id}"),)


class UserDisabled(Event, type_name="identity.user.disabled"):
    user_id: UserId
    reason: str


class UserEnabled(Event, type_name="identity.user.enabled"):
    user_id: UserId
    reason: str


class UserErased(Event, type_name="identity.user.erased"):
    """They may come back under the same address, as somebody new. `identities`: indexes of their subjects."""

    user_id: UserId
    reason: str
    email_index: BlindIndex | None = None
    identities: tuple[BlindIndex, ...] = ()
    farewell: Personal | None = None

    def releases(self) -> tuple[Claim, ...]:
        owner = f"user-{self.user_id}"
        email = (Claim("email", self.email_index, owner),) if self.email_index else ()
        return (*email, *(Claim("identity", index, owner) for index in self.identities))


class ErasureDone(Event, type_name="identity.user.erasure_done"):
    """The receipt. `touched`: how many rows, by what they were of."""

    user_id: UserId
    touched: dict[str, int]


class MembershipGranted(Event, type_name="identity.team.membership_granted"):
    place: Place
    person: Person
    role: Role


class RoleChanged(Event, type_name="identity.team.role_changed"):
    place: Place
    user_id: UserId
    role: Role


class MembershipRevoked(Event, type_name="identity.team.membership_revoked"):
    place: Place
    user_id: UserId
    reason: str


class TeamDisbanded(Event, type_name="identity.team.disbanded"):
    """Nobody comes here any more. `members`: who was here last."""

    place: Place
    members: tuple[UserId, ...] = ()
