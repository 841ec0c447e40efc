from contexts.kernel import Rejection


class UserExists(Rejection):
    code = "identity.user_exists"
    kind = "conflict"


class UserNotFound(Rejection):
    code = "identity.user_not_found"
    kind = "not_found"


class UserErased(Rejection):
    code = "identity.user_erased"
    kind = "conflict"


class AddressChanged(Rejection):
    """What was verified is not their address any more."""

    code = "identity.address_changed"
    kind = "conflict"


class TooManyFactors(Rejection):
    code = "identity.too_many_factors"
    kind = "conflict"


class FactorNotFound(Rejection):
    code = "identity.factor_not_found"
    kind = "not_found"


class LastWayIn(Rejection):
    """Without it they could not sign in any more."""

    code = "identity.last_way_in"
    kind = "conflict"


class IdentityInUse(Rejection):
    """The person has signed in with another account of that provider before."""

    code = "identity.identity_in_use"
    kind = "conflict"


class IdentityNotFound(Rejection):
    code = "identity.identity_not_found"
    kind = "not_found"


class RoleDoesNotFit(Rejection):
    """A tenant has tenant roles, a partner has partner roles, the platform has the rest."""

    code = "identity.role_does_not_fit"
    kind = "invalid"


class RoleAboveYours(Rejection):
    code = "identity.role_above_yours"
    kind = "forbidden"


class NotYourPlace(Rejection):
    code = "identity.not_your_place"
    kind = "forbidden"


class PlaceClosed(Rejection):
    code = "identity.place_closed"
    kind = "conflict"


class AlreadyMember(Rejection):
    code = "identity.already_member"
    kind = "conflict"


class NotAMember(Rejection):
    code = "identity.not_a_member"
    kind = "not_found"


class LastOfItsKind(Rejection):
    """Somebody must be left who can let others in."""

    code = "identity.last_of_its_kind"
    kind = "conflict"


class TooManyMembers(Rejection):
    code = "identity.too_many_members"
    kind = "conflict"


class AlreadyInvited(Rejection):
    code = "identity.already_invited"
    kind = "conflict"


class TooManyInvitations(Rejection):
    code = "identity.too_many_invitations"
    kind = "conflict"


class InvitationNotFound(Rejection):
    code = "identity.invitation_not_found"
    kind = "not_found"


class InvitationNotValid(Rejection):
    """Unknown, used, revoked, expired, replaced or somebody else's: which of them is not told."""

    code = "identity.invitation_not_valid"
    kind = "not_found"


class ServiceExists(Rejection):
    code = "identity.service_exists"
    kind = "conflict"


class ServiceNotFound(Rejection):
    code = "identity.service_not_found"
    kind = "not_found"


class TooManyServices(Rejection):
    code = "identity.too_many_services"
    kind = "conflict"


class KeyNotFound(Rejection):
    code = "identity.key_not_found"
    kind = "not_found"


class TooManyKeys(Rejection):
    code = "identity.too_many_keys"
    kind = "conflict"


class ScopeAboveRole(Rejection):
    """A key never does more than its account's role, nor more than whoever asked for it."""

    code = "identity.scope_above_role"
    kind = "forbidden"


class NotInPerson(Rejection):
    code = "identity.not_in_person"
    kind = "forbidden"


class NotTheirsToAllow(Rejection):
    code = "identity.not_theirs_to_allow"
    kind = "forbidden"


class SupportWritesNotAllowed(Rejection):
    code = "identity.support_writes_not_allowed"
    kind = "forbidden"


class TooManyImpersonations(Rejection):
    code = "identity.too_many_impersonations"
    kind = "conflict"


class ImpersonationNotFound(Rejection):
    code = "identity.impersonation_not_found"
    kind = "not_found"
