import json
from typing import Any

import pytest
from pydantic import SecretStr

from infra.oidc.providers import BadProviders, Providers

SECRET = "s3cr3t-of-ours"


def parsed(**named: Any) -> Providers:
    return Providers.parse(SecretStr(json.dumps(named)))


def test_presets_say_where_to_ask() -> None:
    client = {"client_id": "c", "client_secret": SECRET}
    found = parsed(
        google={"preset": "google", **client}, microsoft={"preset": "microsoft", "tenants": ["t"], **client}
    ).named
    assert (found["google"].issuer, found["google"].label) == ("https://accounts.google.com", "Google")
    assert found["google"].metadata_location == (
        "https://accounts.google.com/.well-known/openid-configuration"
    )
    assert found["microsoft"].issuers == {"https://login.microsoftonline.com/t/v2.0"}
    assert found["microsoft"].metadata_location.startswith("https://login.microsoftonline.com/organizations/")


def test_none_are_offered_when_none_are_set() -> None:
    assert Providers.parse(None).named == {}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "one.client_id"),
        ({"client_id": ""}, "one.client_id"),
        ({"client_id": "c", "issuer": "http://id.example"}, "https://"),
        ({"client_id": "c", "issuer": "https://id.example?x=1"}, "https://"),
        ({"client_id": "c", "issuer": "https://user:pw@id.example"}, "https://"),
        ({"client_id": "c", "issuer": "https://id.example/{tenantid}"}, "list of those that may come"),
        (
            {"client_id": "c", "issuer": "https://id.example/{tenantid}", "tenants": ["t"]},
            "needs its metadata_url",
        ),
        ({"client_id": "c", "preset": "microsoft"}, "list of those that may come"),
        ({"client_id": "c", "preset": "facebook"}, "one.preset"),
        ({"client_id": "c", "issuer": "https://id.example", "scopes": ["email"]}, "openid"),
        ({"client_id": "c", "issuer": "https://id.example", "colour": "red"}, "one.colour"),
    ],
)
def test_what_is_wrong_is_told_without_the_values(given: dict[str, Any], told: str) -> None:
    with pytest.raises(BadProviders) as caught:
        parsed(one={"client_secret": SECRET, **given})
    assert told in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("text", ["[]", "{", '{"Not A Name": {}}'])
def test_what_is_no_list_of_providers(text: str) -> None:
    with pytest.raises(BadProviders):
        Providers.parse(SecretStr(text))
