from itertools import product
from uuid import UUID

import pytest

from infra.oidc.identity import Identity
from infra.oidc.linking import Account, Link, Linking, Refuse, Register, SignIn, by_hand, by_identity
from schemas.base import UserId

ADA, EVE = UserId(UUID(int=1)), UserId(UUID(int=2))
VERIFIED = Identity(issuer="https://id.example", subject="s", email="ada@people.example", email_verified=True)
UNVERIFIED = VERIFIED.model_copy(update={"email_verified": False})
NO_EMAIL = Identity(issuer="https://id.example", subject="s")


@pytest.mark.parametrize(
    ("identity", "account", "expected"),
    [
        (VERIFIED, None, Register()),
        (VERIFIED, Account(ADA, True), Link(ADA, "sign_in")),
        (VERIFIED, Account(ADA, False), Refuse("oidc.sign_in_to_link")),
        (UNVERIFIED, None, Refuse("oidc.email_unverified")),
        (UNVERIFIED, Account(ADA, True), Refuse("oidc.email_unverified")),
        (UNVERIFIED, Account(ADA, False), Refuse("oidc.email_unverified")),
        (NO_EMAIL, None, Refuse("oidc.email_missing")),
    ],
)
def test_an_identity_nobody_has_linked(
    identity: Identity, account: Account | None, expected: Linking
) -> None:
    assert by_identity(identity, None, account) == expected


@pytest.mark.parametrize("identity", [VERIFIED, UNVERIFIED, NO_EMAIL])
def test_a_linked_identity_signs_in_whatever_its_email_says(identity: Identity) -> None:
    for account in (None, Account(EVE, True)):
        assert by_identity(identity, ADA, account) == SignIn(ADA)


def test_nothing_is_linked_by_an_email_unless_both_sides_verified_it() -> None:
    for identity, ours in product((VERIFIED, UNVERIFIED), (True, False)):
        linked = isinstance(by_identity(identity, None, Account(ADA, ours)), Link)
        assert linked == (identity.email_verified and ours)


@pytest.mark.parametrize(
    ("linked", "expected"),
    [(None, Link(ADA, "step_up")), (ADA, SignIn(ADA)), (EVE, Refuse("oidc.already_linked"))],
)
def test_who_is_signed_in_links_by_hand(linked: UserId | None, expected: Linking) -> None:
    assert by_hand(ADA, linked) == expected
