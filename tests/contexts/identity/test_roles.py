"""Who may do what, as one table."""

from schemas.access import PERMISSIONS, Permission


def test_what_no_role_has_is_meant_so() -> None:
    """One's own account, and what is only ever sent as the platform."""
    held = frozenset[Permission]().union(*PERMISSIONS.values())
    assert set(Permission) - held == {
        Permission.SELF,
        Permission.INTERNAL,
        Permission.INVITATIONS_ACCEPT,
        Permission.LETTERS_REQUEST,
    }
