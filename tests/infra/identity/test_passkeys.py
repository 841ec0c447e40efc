import asyncio
import json
import random
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from infra.identity.passkey_rows import MOST_PER_USER, Passkey, PostgresPasskeys
from infra.identity.passkeys import BadPasskey, Passkeys, RelyingParty, TooManyPasskeys
from infra.identity.pool import Pool
from schemas.base import UserId
from tests.support.authenticator import Authenticator
from tests.support.fakes.clock import FakeClock
from tests.support.fakes.vault.passkeys import MemoryPasskeys

PARTY = RelyingParty("app.example", ("https://app.example", "https://nordic.app.example"))
BROWSER, OTHER_BROWSER = "a cookie's secret", "another's"


@pytest.fixture
def passkeys(kind: str, pool: Pool, clock: FakeClock) -> Passkeys:
    store = MemoryPasskeys(clock) if kind == "memory" else PostgresPasskeys(pool, clock)
    return Passkeys(store, PARTY, clock)


@pytest.fixture
def anna() -> UserId:
    return UserId(uuid4())


@pytest.fixture
def device() -> Authenticator:
    return Authenticator()


async def registered(passkeys: Passkeys, user_id: UserId, device: Authenticator, label: str = "") -> Passkey:
    options = await passkeys.registration(user_id, "anna@acme.example", "Anna", BROWSER)
    return await passkeys.register(user_id, BROWSER, device.create(options), label)


async def refused(passkeys: Passkeys, answer: dict[str, Any], browser: str = BROWSER) -> None:
    with pytest.raises(BadPasskey):
        await passkeys.signed_in(browser, answer)


async def test_a_passkey_signs_its_owner_in(
    passkeys: Passkeys, anna: UserId, device: Authenticator, clock: FakeClock
) -> None:
    made = await registered(passkeys, anna, device, "My phone")
    assert (made.user_id, made.label, made.transports) == (anna, "My phone", ("internal", "hybrid"))
    clock.advance(timedelta(days=1))
    used = await passkeys.signed_in(BROWSER, device.get(await passkeys.sign_in(BROWSER)))
    assert (used.user_id, used.id, used.used_at) == (anna, made.id, clock.now)
    assert list(await passkeys.store.of_user(anna)) == [used]


async def test_the_options_say_what_we_ask_for(
    passkeys: Passkeys, anna: UserId, device: Authenticator
) -> None:
    made = await registered(passkeys, anna, device)
    options = await passkeys.registration(anna, "anna@acme.example", "Anna", BROWSER)
    assert options["rp"] == {"id": "app.example", "name": "HireBuddha"}
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["attestation"] == "none"
    assert [base64url_to_bytes(one["id"]) for one in options["excludeCredentials"]] == [made.id]
    signing = await passkeys.sign_in(BROWSER)
    assert (signing["userVerification"], signing["allowCredentials"]) == ("required", [])


async def test_a_person_has_several_by_name(passkeys: Passkeys, anna: UserId) -> None:
    phone, laptop = [await registered(passkeys, anna, Authenticator(), name) for name in ("phone", "laptop")]
    assert await passkeys.rename(anna, laptop.id, "old\0 laptop")
    assert not await passkeys.rename(UserId(uuid4()), phone.id, "mine")
    assert {one.label for one in await passkeys.store.of_user(anna)} == {"phone", "old laptop"}
    assert not await passkeys.store.remove(UserId(uuid4()), phone.id)
    assert await passkeys.store.remove(anna, phone.id)
    assert [one.id for one in await passkeys.store.of_user(anna)] == [laptop.id]


async def test_a_removed_passkey_opens_nothing(
    passkeys: Passkeys, anna: UserId, device: Authenticator
) -> None:
    made = await registered(passkeys, anna, device)
    await passkeys.store.remove(anna, made.id)
    await refused(passkeys, device.get(await passkeys.sign_in(BROWSER)))


async def test_a_challenge_is_answered_once_in_its_browser_in_time(
    passkeys: Passkeys, anna: UserId, device: Authenticator, clock: FakeClock
) -> None:
    await registered(passkeys, anna, device)
    answer = device.get(await passkeys.sign_in(BROWSER))
    await refused(passkeys, answer, OTHER_BROWSER)
    assert await passkeys.signed_in(BROWSER, answer)
    await refused(passkeys, answer)
    late = device.get(await passkeys.sign_in(BROWSER))
    clock.advance(timedelta(minutes=5))
    await refused(passkeys, late)
    await refused(
        passkeys,
        device.get({"challenge": bytes_to_base64url(b"mine"), "rpId": PARTY.id, "allowCredentials": []}),
    )


async def test_a_challenge_is_for_one_purpose_and_one_person(
    passkeys: Passkeys, anna: UserId, device: Authenticator
) -> None:
    other = UserId(uuid4())
    options = await passkeys.registration(anna, "anna@acme.example", "Anna", BROWSER)
    with pytest.raises(BadPasskey):
        await passkeys.register(other, BROWSER, device.create(options), "")
    await registered(passkeys, anna, device)
    options = await passkeys.registration(anna, "anna@acme.example", "Anna", BROWSER)
    signing = {"challenge": options["challenge"], "rpId": PARTY.id, "allowCredentials": []}
    await refused(passkeys, device.get(signing))


async def test_who_is_known_proves_it_again_with_their_own(passkeys: Passkeys, anna: UserId) -> None:
    device, others = Authenticator(), Authenticator()
    await registered(passkeys, anna, device)
    zoe = await registered(passkeys, UserId(uuid4()), others)
    options = await passkeys.sign_in(BROWSER, anna)
    assert (await passkeys.signed_in(BROWSER, device.get(options), anna)).user_id == anna
    options = await passkeys.sign_in(BROWSER, anna)
    with pytest.raises(BadPasskey):
        await passkeys.signed_in(BROWSER, others.get(options, zoe.id), anna)
    options = await passkeys.sign_in(BROWSER, anna)
    await refused(passkeys, device.get(options))


async def test_a_device_must_know_its_owner(passkeys: Passkeys, anna: UserId) -> None:
    device = Authenticator(verifies=False)
    with pytest.raises(BadPasskey, match="verification"):
        await registered(passkeys, anna, device)
    device.verifies = True
    await registered(passkeys, anna, device)
    device.verifies = False
    await refused(passkeys, device.get(await passkeys.sign_in(BROWSER)))


async def test_other_pages_and_other_domains_get_nothing(passkeys: Passkeys, anna: UserId) -> None:
    with pytest.raises(BadPasskey, match="origin"):
        await registered(passkeys, anna, Authenticator(origin="https://app.example.evil.example"))
    device = Authenticator(origin="https://nordic.app.example")
    await registered(passkeys, anna, device)
    device.origin = "http://app.example"
    await refused(passkeys, device.get(await passkeys.sign_in(BROWSER)))
    device.origin = "https://app.example"
    options = await passkeys.sign_in(BROWSER)
    await refused(passkeys, device.get({**options, "rpId": "evil.example"}))


async def test_a_copied_device_is_noticed(passkeys: Passkeys, anna: UserId, device: Authenticator) -> None:
    await registered(passkeys, anna, device)
    copy = copy_of(device)
    assert await passkeys.signed_in(BROWSER, device.get(await passkeys.sign_in(BROWSER)))
    await refused(passkeys, copy.get(await passkeys.sign_in(BROWSER)))


async def test_a_device_that_does_not_count_is_taken(passkeys: Passkeys, anna: UserId) -> None:
    device = Authenticator(counts=False)
    await registered(passkeys, anna, device)
    for _ in range(2):
        assert await passkeys.signed_in(BROWSER, device.get(await passkeys.sign_in(BROWSER)))


async def test_a_signature_of_another_key_proves_nothing(passkeys: Passkeys, anna: UserId) -> None:
    device, thief = Authenticator(), Authenticator()
    made = await registered(passkeys, anna, device)
    await registered(passkeys, UserId(uuid4()), thief)
    thief.keys[made.id] = next(iter(thief.keys.values()))
    await refused(passkeys, thief.get(await passkeys.sign_in(BROWSER), made.id))
    options = await passkeys.sign_in(BROWSER)
    answer = thief.get(options, made.id)
    answer["response"]["userHandle"] = bytes_to_base64url(anna.bytes)
    await refused(passkeys, answer)


async def test_nobody_takes_over_a_known_passkey(passkeys: Passkeys, anna: UserId) -> None:
    device, thief = Authenticator(), Authenticator()
    made = await registered(passkeys, anna, device)
    other = UserId(uuid4())
    options = await passkeys.registration(other, "zoe@zeta.example", "Zoe", BROWSER)
    answer = thief.create(options)
    copied = base64url_to_bytes(answer["response"]["attestationObject"]).replace(
        next(iter(thief.keys)), made.id
    )
    answer["response"]["attestationObject"] = bytes_to_base64url(copied)
    answer["id"] = answer["rawId"] = bytes_to_base64url(made.id)
    with pytest.raises(TooManyPasskeys):
        await passkeys.register(other, BROWSER, answer, "")
    kept = await passkeys.store.get(made.id)
    assert kept and (kept.user_id, kept.public_key) == (anna, made.public_key)


async def test_a_person_has_so_many_at_most(passkeys: Passkeys, anna: UserId, device: Authenticator) -> None:
    for _ in range(MOST_PER_USER):
        await registered(passkeys, anna, device)
    with pytest.raises(TooManyPasskeys):
        await registered(passkeys, anna, device)
    assert await registered(passkeys, UserId(uuid4()), device)


async def test_hostile_answers_are_refused_and_nothing_else(
    passkeys: Passkeys, anna: UserId, device: Authenticator
) -> None:
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")
    chance = random.Random(seed)
    await registered(passkeys, anna, device)
    for _ in range(40):
        made = device.create(await passkeys.registration(anna, "anna@acme.example", "Anna", BROWSER))
        with suppress(BadPasskey, TooManyPasskeys):  # what of it is not signed may be changed
            await passkeys.register(anna, BROWSER, mangled(made, chance), "")
        await refused(passkeys, mangled(device.get(await passkeys.sign_in(BROWSER)), chance))
    nonsense: dict[str, Any]
    for nonsense in ({}, {"id": 1}, {"response": []}, {"id": "x" * 100_000}):
        await refused(passkeys, nonsense)


def mangled(answer: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """With a part of it missing, of another type, or with a bit turned."""
    told: dict[str, Any] = json.loads(json.dumps(answer))
    part = chance.choice([told, told["response"]])
    name = chance.choice([name for name in part if name not in ("transports", "userHandle")])
    raw = part[name]
    values: list[Any] = [None, 7, [], {}, "", "*", raw + "A" if isinstance(raw, str) else "x"]
    part[name] = chance.choice(values)
    if isinstance(raw, str) and chance.random() < 0.5 and name not in ("type", "id"):
        data = bytearray(base64url_to_bytes(raw))
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        part[name] = bytes_to_base64url(bytes(data))
    return told


def copy_of(device: Authenticator) -> Authenticator:
    return Authenticator(device.origin, count=device.count, keys=dict(device.keys))


async def test_at_the_same_moment_a_challenge_is_answered_once(
    pool: Pool, anna: UserId, device: Authenticator, clock: FakeClock
) -> None:
    passkeys = Passkeys(PostgresPasskeys(pool, clock), PARTY, clock)
    await registered(passkeys, anna, device)
    answer = device.get(await passkeys.sign_in(BROWSER))
    tries = [passkeys.signed_in(BROWSER, answer) for _ in range(10)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(one).__name__ for one in answers) == ["BadPasskey"] * 9 + ["Passkey"]
