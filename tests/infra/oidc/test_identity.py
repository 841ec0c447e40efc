"""What a provider says of how somebody showed who they are, and what cannot be read as that."""

import pytest

from infra.oidc.identity import identity_of


@pytest.mark.parametrize(
    "amr, methods",
    [
        (["pwd", "mfa"], {"pwd", "mfa"}),
        (["mfa", 7, None], {"mfa"}),
        ("mfa", set()),
        ({"mfa": True}, set()),
        (None, set()),
    ],
)
def test_methods_are_a_list_of_words(amr: object, methods: set[str]) -> None:
    assert identity_of({"iss": "https://id.example", "sub": "ada", "amr": amr}, None).methods == methods
