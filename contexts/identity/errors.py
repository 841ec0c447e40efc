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
