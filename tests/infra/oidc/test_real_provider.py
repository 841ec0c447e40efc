"""Against a real provider: the whole way, and what must fail on it."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from pydantic import SecretStr

from infra.oidc.errors import OidcCode, OidcError
from infra.oidc.identity import Identity
from infra.oidc.linking import Refuse, Register, by_identity
from infra.oidc.providers import Provider, Providers
from infra.oidc.relying_party import Departure, RelyingParty
from infra.oidc.round_trip import RoundTrip, key_of, returned
from tests.support.oidc_provider import RealProvider, log_in, real_providers

REDIRECTS = {name: f"https://app.example/auth/oidc/{name}/callback" for name in ("full", "thin")}


@pytest.fixture(scope="module")
def peers() -> Iterator[dict[str, RealProvider]]:
    with real_providers(list(REDIRECTS.values())) as made:
        yield dict(zip(REDIRECTS, made, strict=True))


@pytest.fixture
def party(peers: dict[str, RealProvider]) -> RelyingParty:
    return party_of(peers)


def party_of(peers: dict[str, RealProvider], secret: str | None = None) -> RelyingParty:
    return RelyingParty(
        Providers(
            {
                name: Provider(
                    issuer=peer.issuer,
                    client_id=peer.client,
                    client_secret=SecretStr(secret or peer.secret),
                )
                for name, peer in peers.items()
            }
        )
    )


async def sent(party: RelyingParty, provider: str = "full") -> Departure:
    return await party.authorize(provider, REDIRECTS[provider], "/runs?page=2")


async def back(departure: Departure, name: str = "ada", cancel: bool = False) -> str:
    return await log_in(departure.url, departure.trip.redirect_uri, name, cancel)


async def came(
    party: RelyingParty, query: str, departure: Departure, trip: RoundTrip | None = None
) -> Identity:
    used = trip or departure.trip
    return await party.callback(used.provider, returned(query), used, departure.cookie)


async def refusal(party: RelyingParty, query: str, departure: Departure, **changed: str) -> OidcCode:
    trip = departure.trip.model_copy(update=changed)
    with pytest.raises(OidcError) as caught:
        await came(party, query, departure, trip)
    return caught.value.code


def changed(query: str, **fields: str | None) -> str:
    known = {name: values[0] for name, values in parse_qs(query).items()}
    return urlencode({name: value for name, value in {**known, **fields}.items() if value is not None})


@pytest.mark.parametrize("provider", ["full", "thin"])
async def test_somebody_signs_in(party: RelyingParty, peers: dict[str, RealProvider], provider: str) -> None:
    """Also where only userinfo tells the e-mail."""
    departure = await sent(party, provider)
    identity = await came(party, await back(departure), departure)
    assert identity == Identity(
        issuer=peers[provider].issuer,
        subject="ada",
        email="ada@people.example",
        email_verified=True,
        name="Name of ada",
    )
    assert by_identity(identity, None, None) == Register()


async def test_what_binds_an_attempt_stays_here(party: RelyingParty) -> None:
    departure = await sent(party)
    asked = parse_qs(urlsplit(departure.url).query)
    assert (asked["code_challenge_method"], asked["response_type"]) == (["S256"], ["code"])
    assert departure.trip.verifier not in departure.url
    assert departure.cookie not in departure.url + departure.trip.model_dump_json()
    secrets = (departure.trip.state, departure.trip.nonce, departure.trip.verifier, departure.cookie)
    assert not any(secret in repr(departure) + key_of(departure.trip.state) for secret in secrets)


async def test_a_kept_attempt_is_the_same_when_it_is_read_again(party: RelyingParty) -> None:
    departure = await sent(party)
    kept = RoundTrip.model_validate_json(departure.trip.model_dump_json())
    assert (await came(party, await back(departure), departure, kept)).subject == "ada"


async def test_a_wrong_verifier(party: RelyingParty) -> None:
    departure = await sent(party)
    assert await refusal(party, await back(departure), departure, verifier="v" * 43) == "oidc.code_refused"


async def test_a_wrong_nonce(party: RelyingParty) -> None:
    departure = await sent(party)
    assert await refusal(party, await back(departure), departure, nonce="another") == "oidc.nonce_mismatch"


async def test_a_code_is_good_once(party: RelyingParty) -> None:
    departure = await sent(party)
    query = await back(departure)
    await came(party, query, departure)
    assert await refusal(party, query, departure) == "oidc.code_refused"


async def test_a_code_of_another_attempt(party: RelyingParty) -> None:
    """The victim's browser is made to finish what an attacker began."""
    attackers, victims = await sent(party), await sent(party)
    stolen = await back(attackers, "mallory")
    assert await refusal(party, stolen, victims) == "oidc.state_mismatch"
    forged = changed(stolen, state=victims.trip.state)
    assert await refusal(party, forged, victims) == "oidc.code_refused"


async def test_another_browser(party: RelyingParty) -> None:
    attackers, victims = await sent(party), await sent(party)
    query = await back(attackers, "mallory")
    for cookie in (victims.cookie, None, ""):
        with pytest.raises(OidcError) as caught:
            await party.callback("full", returned(query), attackers.trip, cookie)
        assert caught.value.code == "oidc.other_browser"


async def test_two_attempts_of_one_browser(party: RelyingParty) -> None:
    first = await sent(party)
    second = await party.authorize("thin", REDIRECTS["thin"], "/", cookie=first.cookie)
    assert (await came(party, await back(second), second)).subject == "ada"
    assert (await came(party, await back(first), first)).subject == "ada"


async def test_a_state_is_good_once(party: RelyingParty) -> None:
    """The vault gives an attempt once; the second time there is none."""
    departure = await sent(party)
    query = await back(departure)
    with pytest.raises(OidcError) as caught:
        await party.callback("full", returned(query), None, departure.cookie)
    assert caught.value.code == "oidc.state_unknown"


async def test_providers_are_not_mixed_up(party: RelyingParty, peers: dict[str, RealProvider]) -> None:
    """An honest provider's code is never taken to the one the attacker runs, nor the other way round."""
    honest, other = await sent(party, "full"), await sent(party, "thin")
    query = await back(honest)
    with pytest.raises(OidcError) as caught:
        await party.callback("thin", returned(query), honest.trip, honest.cookie)
    assert caught.value.code == "oidc.provider_mismatch"
    forged = changed(query, state=other.trip.state)
    assert await refusal(party, forged, other) == "oidc.issuer_mismatch"
    renamed = changed(query, state=other.trip.state, iss=peers["thin"].issuer)
    assert await refusal(party, renamed, other) == "oidc.code_refused"


async def test_who_says_that_it_names_itself_must(party: RelyingParty) -> None:
    departure = await sent(party)
    query = changed(await back(departure), iss=None)
    assert await refusal(party, query, departure) == "oidc.issuer_mismatch"


async def test_an_unverified_email_is_told_as_that(party: RelyingParty) -> None:
    departure = await sent(party)
    identity = await came(party, await back(departure, "unverified-eve"), departure)
    assert (identity.email, identity.email_verified) == ("unverified-eve@people.example", False)
    assert by_identity(identity, None, None) == Refuse("oidc.email_unverified")


async def test_somebody_thinks_better_of_it(party: RelyingParty) -> None:
    departure = await sent(party)
    assert await refusal(party, await back(departure, cancel=True), departure) == "oidc.denied"


async def test_a_wrong_client_secret(peers: dict[str, RealProvider]) -> None:
    party = party_of(peers, "a wrong secret")
    departure = await sent(party)
    assert await refusal(party, await back(departure), departure) == "oidc.client_refused"
