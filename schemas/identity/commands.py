from uuid import UUID

from schemas.access import Role
from schemas.base import PLATFORM, Command, TenantId, UserId
from schemas.identity.types import FactorKind, Label, Person, Place, ProviderAccount, Reason
from schemas.personal import BlindIndex, Personal


class RegisterUser(Command, type_name="identity.user.register", stream="user-{0.user_id}", of_platform=True):
    """`verified`: the address is known to be theirs. `account`: what they came with, and sign in with."""

    user_id: UserId
    email: Personal
    email_index: BlindIndex
    name: Personal
    verified: bool = False
    account: ProviderAccount | None = None


class VerifyEmail(
    Command, type_name="identity.user.verify_email", stream="user-{0.user_id}", of_platform=True
):
    """The person showed that they read what is sent to this address."""

    user_id: UserId
    email_index: BlindIndex


class RenameUser(Command, type_name="identity.user.rename", stream="user-{0.user_id}", of_platform=True):
    user_id: UserId
    name: Personal


class NotePasswordChange(
    Command, type_name="identity.user.note_password_change", stream="user-{0.user_id}", of_platform=True
):
    """Of a password that was changed where passwords are kept."""

    user_id: UserId
    by: Reason


class AddFactor(Command, type_name="identity.user.add_factor", stream="user-{0.user_id}", of_platform=True):
    user_id: UserId
    factor_id: UUID
    kind: FactorKind
    label: Label


class RemoveFactor(
    Command, type_name="identity.user.remove_factor", stream="user-{0.user_id}", of_platform=True
):
    """`another_way`: they have a password, as the edge saw. It is never taken away, so it stays true."""

    user_id: UserId
    factor_id: UUID
    another_way: bool = False


class LinkIdentity(
    Command, type_name="identity.user.link_identity", stream="user-{0.user_id}", of_platform=True
):
    """`subject_index` finds who signs in: an index of the provider's issuer and its name for the person."""

    user_id: UserId
    provider: str
    subject_index: BlindIndex
    subject: Personal


class UnlinkIdentity(
    Command, type_name="identity.user.unlink_identity", stream="user-{0.user_id}", of_platform=True
):
    user_id: UserId
    provider: str
    another_way: bool = False


class DisableUser(Command, type_name="identity.user.disable", stream="user-{0.user_id}", of_platform=True):
    user_id: UserId
    reason: Reason


class EnableUser(Command, type_name="identity.user.enable", stream="user-{0.user_id}", of_platform=True):
    user_id: UserId
    reason: Reason


class EraseUser(Command, type_name="identity.user.erase", stream="user-{0.user_id}", of_platform=True):
    """Their key is destroyed: what was sealed under it nobody reads any more.

    `farewell`: where the last letter goes, under a key of its own.
    """

    user_id: UserId
    reason: Reason
    farewell: Personal | None = None


class OfTeam:
    """A team is its tenant's; those of partners are the platform's."""

    place: Place

    @property
    def of_tenant(self) -> TenantId:
        return self.place.tenant_id or PLATFORM


class GrantMembership(OfTeam, Command, type_name="identity.team.grant", stream="team-{0.place.id}"):
    place: Place
    person: Person
    role: Role


class ChangeRole(OfTeam, Command, type_name="identity.team.change_role", stream="team-{0.place.id}"):
    place: Place
    user_id: UserId
    role: Role


class DisbandTeam(OfTeam, Command, type_name="identity.team.disband", stream="team-{0.place.id}"):
    """The place is no more."""

    place: Place
    reason: Reason


class RevokeMembership(OfTeam, Command, type_name="identity.team.revoke", stream="team-{0.place.id}"):
    """`erased`: the person is no more, even where nobody is left in their role."""

    place: Place
    user_id: UserId
    reason: Reason
    erased: bool = False


class NoteErasure(
    Command, type_name="identity.user.note_erasure", stream="user-{0.user_id}", of_platform=True
):
    """What was touched: how many rows, by what they are of."""

    user_id: UserId
    touched: dict[str, int]
