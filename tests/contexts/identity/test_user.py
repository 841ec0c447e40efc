from uuid import UUID

from contexts.identity.registry import REGISTRY
from schemas.identity import commands as c
from schemas.identity import events as e
from tests.support.builders import USER_ID, register_user
from tests.support.people import index, sealed
from tests.support.spec import Spec

given = Spec(REGISTRY).given
KEY = UUID(int=70)
REASON = "They asked for it."
ERASED = e.UserErased(user_id=USER_ID, reason=REASON, email_index=register_user().email_index, identities=())
LINKED = e.IdentityLinked(
    user_id=USER_ID, provider="google", subject_index=index("google|7"), subject=sealed(USER_ID, "7")
)


def registered(**changes: object) -> e.UserRegistered:
    return e.UserRegistered(**register_user(**changes).model_dump(exclude={"account"}))


def factor(number: int = 70) -> e.FactorAdded:
    return e.FactorAdded(user_id=USER_ID, factor_id=UUID(int=number), kind="passkey", label="Laptop")


def test_a_new_person_is_registered() -> None:
    given().when(register_user()).then(registered())


def test_a_known_person_stays_as_they_are() -> None:
    given(registered()).when(register_user(name=sealed(USER_ID, "Grace"))).nothing()


def test_another_address_under_the_same_id_is_a_conflict() -> None:
    other = register_user(email_index=index("eve@example.com"))
    given(registered()).when(other).refused("identity.user_exists")


def test_an_address_is_verified_once_and_only_as_long_as_it_is_theirs() -> None:
    verify = c.VerifyEmail(user_id=USER_ID, email_index=registered().email_index)
    verified = e.EmailVerified(user_id=USER_ID)
    given(registered()).when(verify).then(verified)
    given(registered(), verified).when(verify).nothing()
    old = c.VerifyEmail(user_id=USER_ID, email_index=index("old@example.com"))
    given(registered()).when(old).refused("identity.address_changed")


def test_a_factor_is_added_and_removed() -> None:
    add = c.AddFactor(**dict(factor()))
    given(registered()).when(add).then(factor())
    given(registered(), factor()).when(add).nothing()
    remove = c.RemoveFactor(user_id=USER_ID, factor_id=KEY, another_way=True)
    gone = e.FactorRemoved(user_id=USER_ID, factor_id=KEY, kind="passkey")
    given(registered(), factor()).when(remove).then(gone)
    given(registered(), factor(), gone).when(remove).refused("identity.factor_not_found")


def test_factors_are_bounded() -> None:
    many = [factor(number) for number in range(20)]
    add = c.AddFactor(**dict(factor(99)))
    given(registered(), *many).when(add).refused("identity.too_many_factors")


def test_one_account_of_each_provider_is_linked() -> None:
    link = c.LinkIdentity(**dict(LINKED))
    given(registered()).when(link).then(LINKED)
    given(registered(), LINKED).when(link).nothing()
    other = link.model_copy(update={"subject_index": index("google|8")})
    given(registered(), LINKED).when(other).refused("identity.identity_in_use")


def test_an_account_that_is_not_linked_cannot_be_unlinked() -> None:
    unlink = c.UnlinkIdentity(user_id=USER_ID, provider="google", another_way=True)
    given(registered()).when(unlink).refused("identity.identity_not_found")
    gone = e.IdentityUnlinked(user_id=USER_ID, provider="google", subject_index=LINKED.subject_index)
    given(registered(), LINKED).when(unlink).then(gone)


def test_the_last_way_in_stays_whichever_of_two_goes_first() -> None:
    unlink = c.UnlinkIdentity(user_id=USER_ID, provider="google")
    remove = c.RemoveFactor(user_id=USER_ID, factor_id=KEY)
    both = (registered(), LINKED, factor())
    unlinked = e.IdentityUnlinked(user_id=USER_ID, provider="google", subject_index=LINKED.subject_index)
    removed = e.FactorRemoved(user_id=USER_ID, factor_id=KEY, kind="passkey")
    given(*both).when(unlink).then(unlinked)
    given(*both, unlinked).when(remove).refused("identity.last_way_in")
    given(*both).when(remove).then(removed)
    given(*both, removed).when(unlink).refused("identity.last_way_in")


def test_an_app_alone_lets_nobody_in() -> None:
    app = e.FactorAdded(user_id=USER_ID, factor_id=UUID(int=71), kind="totp", label="App")
    remove = c.RemoveFactor(user_id=USER_ID, factor_id=KEY)
    given(registered(), factor(), app).when(remove).refused("identity.last_way_in")
    gone = e.FactorRemoved(user_id=USER_ID, factor_id=app.factor_id, kind="totp")
    given(registered(), factor(), app).when(c.RemoveFactor(user_id=USER_ID, factor_id=app.factor_id)).then(
        gone
    )


def test_a_person_is_disabled_and_enabled_again() -> None:
    off = e.UserDisabled(user_id=USER_ID, reason=REASON)
    given(registered()).when(c.DisableUser(user_id=USER_ID, reason=REASON)).then(off)
    given(registered(), off).when(c.DisableUser(user_id=USER_ID, reason=REASON)).nothing()
    on = e.UserEnabled(user_id=USER_ID, reason=REASON)
    given(registered(), off).when(c.EnableUser(user_id=USER_ID, reason=REASON)).then(on)


def test_who_was_erased_is_gone_for_good() -> None:
    erase = c.EraseUser(user_id=USER_ID, reason=REASON)
    given(registered()).when(erase).then(ERASED)
    given(registered(), ERASED).when(erase).nothing()
    link = c.LinkIdentity(**dict(LINKED))
    given(registered(), ERASED).when(link).refused("identity.user_erased")
    given().when(erase).refused("identity.user_not_found")


def test_what_a_person_signed_in_with_is_free_for_somebody_new() -> None:
    erase = c.EraseUser(user_id=USER_ID, reason=REASON)
    gone = ERASED.model_copy(update={"identities": (LINKED.subject_index,)})
    given(registered(), LINKED).when(erase).then(gone)
    assert set(gone.releases()) == {*registered().claims(), *LINKED.claims()}
    unlinked = e.IdentityUnlinked(user_id=USER_ID, provider="google", subject_index=LINKED.subject_index)
    assert unlinked.releases() == LINKED.claims()
