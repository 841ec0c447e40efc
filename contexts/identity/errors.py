from contexts.kernel import Rejection


class UserExists(Rejection):
    code = "identity.user_exists"
    kind = "conflict"


class RoleDoesNotFit(Rejection):
    """A role needs its place: an app admin has none, a partner admin a partner, a tenant admin both."""

    code = "identity.role_does_not_fit"
    kind = "invalid"
