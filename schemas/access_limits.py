"""What is kept from whoever does not act as themselves: programs with a key, support in a user's name.

What is not named here they do not get, so a new permission is nobody's by accident.
"""

from schemas.access import PERMISSIONS, Permission, Role

P = Permission
ONLY_IN_PERSON = frozenset(
    {
        *(P.MEMBERS_MANAGE, P.KEYS_MANAGE, P.SUPPORT_ACT, P.SUPPORT_REVOKE, P.USERS_MANAGE),
        *(P.PARTNERS_CREATE, P.TENANTS_CLOSE, P.TENANTS_TRANSFER, P.PAYMENTS_METHOD, P.SELF, P.INTERNAL),
    }
)
"""People let people and programs in, and end what cannot be begun again."""

SUPPORT_READS = frozenset({P.TENANTS_READ, P.AUTHORING_READ, P.EXECUTIONS_READ})
SUPPORT_WRITES = frozenset({P.AUTHORING_WRITE, P.EXECUTIONS_START, P.EXECUTIONS_CONTROL})
"""Nothing of members, keys, money or somebody's account, and no answer that is a person's word."""


def for_programs(role: Role) -> frozenset[Permission]:
    return PERMISSIONS[role] - ONLY_IN_PERSON


def for_support(role: Role, write: bool = False) -> frozenset[Permission]:
    """In the name of somebody with this role."""
    return PERMISSIONS[role] & (SUPPORT_READS | SUPPORT_WRITES if write else SUPPORT_READS)
