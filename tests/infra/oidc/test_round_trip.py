from datetime import UTC, datetime, timedelta

import pytest

from infra.oidc.errors import OidcError
from infra.oidc.round_trip import LIFETIME, RoundTrip, browser_of, check_return, local_path, returned

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
TRIP = RoundTrip(
    provider="google",
    state="s",
    nonce="n",
    verifier="v",
    browser=browser_of("cookie"),
    redirect_uri="https://app.example/back",
    redirect_to="/",
    begun_at=NOW,
)


@pytest.mark.parametrize("path", ["/", "/runs/7?tab=steps#last", "/a//b", "/%2F%2Fevil.example"])
def test_a_page_of_ours_is_returned_to(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "runs",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/a\\b",
        "/a\r\nset-cookie: x=y",
        "/" + "a" * 2000,
    ],
)
def test_no_other_place_is(path: str) -> None:
    with pytest.raises(OidcError) as caught:
        local_path(path)
    assert caught.value.code == "oidc.redirect_refused"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "code=c",
        "state=s",
        "state=&code=c",
        "state=s&state=t&code=c",
        "state=s&code=c&code=d",
        "state=s&code=c&iss=a&iss=b",
        "state=s&code=" + "c" * 9000,
        "state=s&code=c&" + "&".join(f"x{number}=1" for number in range(30)),
    ],
)
def test_a_query_that_may_mean_two_things_or_none(query: str) -> None:
    with pytest.raises(OidcError) as caught:
        returned(query)
    assert caught.value.code == "oidc.response_malformed"


@pytest.mark.parametrize("code", [None, "", "c"])
def test_a_refusal_wins_over_a_code(code: str | None) -> None:
    back = returned("state=s&error=access_denied" + ("" if code is None else f"&code={code}"))
    assert (back.error, back.code) == ("access_denied", code)


def test_an_attempt_that_took_too_long() -> None:
    back = returned("state=s&code=c")
    assert check_return(back, TRIP, "google", "cookie", NOW + LIFETIME) is TRIP
    with pytest.raises(OidcError) as caught:
        check_return(back, TRIP, "google", "cookie", NOW + LIFETIME + timedelta(seconds=1))
    assert caught.value.code == "oidc.state_expired"
