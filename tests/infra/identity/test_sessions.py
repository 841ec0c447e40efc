from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from infra.identity.pool import Pool
from infra.identity.refresh_tokens import RefreshTokens
from infra.identity.session_feed import RevokedSessions
from infra.identity.session_types import (
    MOST_PER_USER,
    Client,
    Ended,
    Membership,
    Redeemed,
    SessionCompromised,
    SessionExpired,
    SessionRefused,
    SessionRevoked,
    Sessions,
)
from infra.identity.sessions import PostgresSessions
from schemas.access import Role
from schemas.base import PartnerId, UserId
from tests.infra.identity.conftest import MASTERS
from tests.support.fakes.clock import FakeClock
from tests.support.fakes.vault.sessions import MemorySessions

TOKENS = RefreshTokens(MASTERS)
BROWSER = Client("192.0.2.7", "Firefox")
PARTNER = Membership(Role.PARTNER_ADMIN, partner_id=PartnerId(UUID(int=5)))
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@pytest.fixture
def sessions(kind: str, pool: Pool, clock: FakeClock) -> Sessions:
    return MemorySessions(TOKENS, clock) if kind == "memory" else PostgresSessions(pool, TOKENS, clock)


@pytest.fixture
def anna() -> UserId:
    return UserId(uuid4())


async def signed_in(sessions: Sessions, user_id: UserId) -> Redeemed:
    return await sessions.create(user_id, PARTNER, ["pwd"], BROWSER)


async def refreshed(sessions: Sessions, token: str) -> Redeemed:
    return await sessions.redeem(token, BROWSER)


async def test_a_session_says_who_signed_in_how_and_where_to(
    sessions: Sessions, anna: UserId, clock: FakeClock
) -> None:
    made = (await sessions.create(anna, PARTNER, ["pwd", "otp", "mfa"], BROWSER)).session
    assert await sessions.find(made.id) == made
    assert (made.user_id, made.membership, made.ip, made.user_agent) == (
        anna,
        PARTNER,
        "192.0.2.7",
        "Firefox",
    )
    assert (made.amr, made.mfa) == (("mfa", "otp", "pwd"), True)
    assert made.created_at == made.used_at == made.authenticated_at == clock.now
    assert made.expires_at == clock.now + 90 * DAY


async def test_a_session_may_be_nowhere(sessions: Sessions, anna: UserId) -> None:
    assert (await sessions.create(anna, None, ["pwd"], BROWSER)).session.membership is None


async def test_each_token_is_redeemed_for_the_next(
    sessions: Sessions, anna: UserId, clock: FakeClock
) -> None:
    first = await signed_in(sessions, anna)
    clock.advance(DAY)
    second = await sessions.redeem(first.refresh_token, Client("192.0.2.8", "Chrome"))
    third = await refreshed(sessions, second.refresh_token)
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert (second.session.id, second.session.used_at) == (first.session.id, clock.now)
    assert (second.session.ip, second.session.user_agent) == ("192.0.2.8", "Chrome")
    assert not second.again


async def test_a_lost_answer_is_given_again(sessions: Sessions, anna: UserId, clock: FakeClock) -> None:
    first = await signed_in(sessions, anna)
    second = await refreshed(sessions, first.refresh_token)
    for _ in range(3):
        clock.advance(3 * SECOND)
        same = await refreshed(sessions, first.refresh_token)
        assert (same.refresh_token, same.again) == (second.refresh_token, True)
    assert (await refreshed(sessions, second.refresh_token)).session.id == first.session.id


async def test_asking_again_does_not_make_the_time_longer(
    sessions: Sessions, anna: UserId, clock: FakeClock
) -> None:
    first = await signed_in(sessions, anna)
    await refreshed(sessions, first.refresh_token)
    clock.advance(9 * SECOND)
    await refreshed(sessions, first.refresh_token)
    clock.advance(SECOND)
    with pytest.raises(SessionCompromised) as caught:
        await refreshed(sessions, first.refresh_token)
    assert (caught.value.session.id, caught.value.session.user_id) == (first.session.id, anna)


async def test_a_replay_ends_the_whole_family(sessions: Sessions, anna: UserId, clock: FakeClock) -> None:
    first = await signed_in(sessions, anna)
    second = await refreshed(sessions, first.refresh_token)
    clock.advance(10 * SECOND)
    with pytest.raises(SessionCompromised):
        await refreshed(sessions, first.refresh_token)
    for token in (first.refresh_token, second.refresh_token):
        with pytest.raises(SessionRevoked):
            await refreshed(sessions, token)
    assert await sessions.find(first.session.id) is None


async def test_a_token_two_rotations_old_is_a_replay_at_once(sessions: Sessions, anna: UserId) -> None:
    first = await signed_in(sessions, anna)
    second = await refreshed(sessions, first.refresh_token)
    await refreshed(sessions, second.refresh_token)
    with pytest.raises(SessionCompromised):
        await refreshed(sessions, first.refresh_token)


async def test_a_made_up_token_ends_nobodys_session(sessions: Sessions, anna: UserId) -> None:
    first = await signed_in(sessions, anna)
    forged = RefreshTokens(["another master key"]).first(first.session.id)
    for text in (forged.text, first.refresh_token[:-6] + "AAAAA=", first.refresh_token[4:], "hbr_", "", "é"):
        with pytest.raises(SessionRefused) as caught:
            await refreshed(sessions, text)
        assert caught.value.code == "auth.bad_refresh_token"
    assert await sessions.find(first.session.id)


async def test_a_token_of_no_session_is_none(sessions: Sessions) -> None:
    with pytest.raises(SessionRefused) as caught:
        await refreshed(sessions, TOKENS.first(uuid4()).text)
    assert caught.value.code == "auth.bad_refresh_token"


async def test_a_family_goes_on_when_the_master_key_changes(sessions: Sessions, anna: UserId) -> None:
    old = RefreshTokens(MASTERS[1:]).first(uuid4())
    parsed = TOKENS.parse(old.text)
    assert parsed is not None
    assert TOKENS.parse(TOKENS.after(parsed).text) == TOKENS.after(parsed)
    assert RefreshTokens(MASTERS[1:]).parse(TOKENS.after(parsed).text) is not None


async def test_a_session_nobody_uses_ends(sessions: Sessions, anna: UserId, clock: FakeClock) -> None:
    first = await signed_in(sessions, anna)
    clock.advance(30 * DAY)
    assert await sessions.find(first.session.id) is None
    assert await sessions.list(anna) == []
    with pytest.raises(SessionExpired):
        await refreshed(sessions, first.refresh_token)


async def test_however_much_it_is_used_a_session_ends(
    sessions: Sessions, anna: UserId, clock: FakeClock
) -> None:
    last = await signed_in(sessions, anna)
    for _ in range(4):
        clock.advance(22 * DAY)
        last = await refreshed(sessions, last.refresh_token)
    clock.advance(2 * DAY)
    with pytest.raises(SessionExpired):
        await refreshed(sessions, last.refresh_token)


async def test_what_has_expired_is_no_replay(sessions: Sessions, anna: UserId, clock: FakeClock) -> None:
    first = await signed_in(sessions, anna)
    await refreshed(sessions, first.refresh_token)
    clock.advance(91 * DAY)
    with pytest.raises(SessionExpired):
        await refreshed(sessions, first.refresh_token)


async def test_one_sees_ones_own_sessions(sessions: Sessions, anna: UserId, clock: FakeClock) -> None:
    await signed_in(sessions, UserId(uuid4()))
    older = await signed_in(sessions, anna)
    clock.advance(DAY)
    newer = await signed_in(sessions, anna)
    assert [found.id for found in await sessions.list(anna)] == [newer.session.id, older.session.id]


async def test_a_revoked_session_is_over(sessions: Sessions, anna: UserId) -> None:
    one, other = [await signed_in(sessions, anna) for _ in range(2)]
    assert await sessions.revoke(one.session.id, anna, "signed_out")
    assert not await sessions.revoke(one.session.id, anna, "signed_out")
    assert await sessions.find(one.session.id) is None
    with pytest.raises(SessionRevoked):
        await refreshed(sessions, one.refresh_token)
    assert (await refreshed(sessions, other.refresh_token)).session.id == other.session.id


async def test_nobody_revokes_anothers_session(sessions: Sessions, anna: UserId) -> None:
    made = await signed_in(sessions, anna)
    assert not await sessions.revoke(made.session.id, UserId(uuid4()), "signed_out")
    assert await sessions.find(made.session.id)


async def test_everywhere_and_everywhere_else(sessions: Sessions, anna: UserId) -> None:
    here, there, elsewhere = [(await signed_in(sessions, anna)).session.id for _ in range(3)]
    other = (await signed_in(sessions, UserId(uuid4()))).session.id
    assert set(await sessions.revoke_all(anna, "password_changed", but=here)) == {there, elsewhere}
    assert [found.id for found in await sessions.list(anna)] == [here]
    assert await sessions.revoke_all(anna, "everywhere") == [here]
    assert await sessions.find(other)


async def test_too_many_sessions_end_the_least_used(
    sessions: Sessions, anna: UserId, clock: FakeClock
) -> None:
    first, second = [await signed_in(sessions, anna) for _ in range(2)]
    clock.advance(SECOND)
    await refreshed(sessions, first.refresh_token)
    for _ in range(MOST_PER_USER - 1):
        clock.advance(SECOND)
        await signed_in(sessions, anna)
    assert len(await sessions.list(anna)) == MOST_PER_USER
    assert await sessions.find(first.session.id)
    assert await sessions.find(second.session.id) is None


async def test_who_proves_it_again_is_known_better(
    sessions: Sessions, anna: UserId, clock: FakeClock
) -> None:
    made = (await signed_in(sessions, anna)).session
    clock.advance(SECOND)
    known = await sessions.step_up(made.id, ["otp", "mfa", "pwd"])
    assert known and known.mfa and known.amr == ("mfa", "otp", "pwd")
    assert known.authenticated_at == clock.now
    assert await sessions.find(made.id) == known


async def test_a_session_goes_to_another_place(sessions: Sessions, anna: UserId) -> None:
    made = await signed_in(sessions, anna)
    moved = await sessions.switch(made.session.id, None)
    assert moved and moved.membership is None
    again = await sessions.switch(made.session.id, PARTNER)
    assert again and again.membership == PARTNER
    assert (await refreshed(sessions, made.refresh_token)).session.membership == PARTNER


async def test_an_ended_session_is_neither_moved_nor_stepped_up(sessions: Sessions, anna: UserId) -> None:
    made = (await signed_in(sessions, anna)).session
    await sessions.revoke_all(anna, "everywhere")
    assert await sessions.switch(made.id, PARTNER) is None
    assert await sessions.step_up(made.id, ["mfa"]) is None


async def test_what_was_revoked_is_told_to_who_asks(sessions: Sessions, anna: UserId) -> None:
    kept, gone = [(await signed_in(sessions, anna)).session for _ in range(2)]
    feed, late = RevokedSessions(sessions), RevokedSessions(sessions)
    assert gone.id not in ids(await feed(LONG_AGO))
    await sessions.revoke(gone.id, anna, "signed_out")
    for told in (await feed(LONG_AGO), await late(LONG_AGO)):
        assert gone.id in ids(told) and kept.id not in ids(told)


def ids(ended: Sequence[Ended]) -> list[UUID]:
    return [one.session_id for one in ended]
