"""Names that look like others': in e-mail addresses and subdomains."""

import httpx2
import pytest

from schemas.email import BadEmail, normalised
from schemas.subdomain import RESERVED, BadSubdomain, accepted
from tests.api.test_bad_input import changed
from tests.api.test_tenancy import PARTNER, TENANT
from tests.api.world import PASSWORD, World, problem

PERSON = "anna@acme.example"
WRITTEN = [
    (" Anna@ACME.Example ", PERSON),
    ("anna+runs@acme.example", "anna+runs@acme.example"),
    ("o'neil@acme.example", "o'neil@acme.example"),
    ("anna@bücher.example", "anna@xn--bcher-kva.example"),
    ("anna@xn--bcher-kva.example", "anna@xn--bcher-kva.example"),
    ("anna@例え.example", "anna@xn--r8jz45g.example"),
    ("root@hirebuddha.local", "root@hirebuddha.local"),
]
FALSE = [
    ("\uff41nna@acme.example", "email_not_ascii", "a full-width letter"),
    ("\u0430nna@acme.example", "email_not_ascii", "a Cyrillic letter"),
    ("an\u200dna@acme.example", "email_not_ascii", "a zero-width joiner"),
    ("anna\u202e@acme.example", "email_not_ascii", "a right-to-left override"),
    ("anna@\uff41cme.example", "email_confusable", "a full-width letter"),
    ("anna@acme\uff0eexample", "email_confusable", "a full-width stop"),
    ("anna@\u212aarl.example", "email_confusable", "the Kelvin sign"),
    ("anna@\u017fun.example", "email_confusable", "a long s"),
    ("anna@o\ufb03ce.example", "email_confusable", "a ligature"),
    ("anna@\u0430cme.example", "email_mixed_scripts", "a Cyrillic letter among Latin ones"),
    ("anna@xn--cme-5cd.example", "email_mixed_scripts", "the same, as DNS has it"),
    ("anna@\u03bfffice.example", "email_mixed_scripts", "a Greek letter among Latin ones"),
    ("anna@ac\u200dme.example", "email_malformed", "a zero-width joiner"),
    ("anna@ac\u200fme.example", "email_malformed", "a right-to-left mark"),
    ("anna@xn--a.example", "email_malformed", "punycode of nothing"),
    ('"anna admin"@acme.example', "email_malformed", "a quoted part"),
    ("anna@[127.0.0.1]", "email_malformed", "an address of a network"),
    ("anna@acme.example, root@x.example", "email_malformed", "two addresses"),
    ("anna@acme.example\r\nBcc: eve@x.example", "email_malformed", "a header"),
    ("Anna <anna@acme.example>", "email_malformed", "a display name"),
    ("nobody", "email_malformed", "no address"),
    ("a" * 65 + "@acme.example", "email_malformed", "more than SMTP takes"),
    ("a@" + "x." * 124 + "example", "email_too_long", "more than 254 characters"),
]


@pytest.mark.parametrize("given, kept", WRITTEN)
def test_an_address_is_written_one_way(given: str, kept: str) -> None:
    assert normalised(given) == kept
    assert normalised(kept) == kept


@pytest.mark.parametrize("given, code, why", FALSE)
def test_what_only_looks_like_an_address_is_refused(given: str, code: str, why: str) -> None:
    with pytest.raises(BadEmail) as caught:
        normalised(given)
    assert caught.value.code == code, why
    assert given not in str(caught.value)


@pytest.mark.parametrize("given", [given for given, _, _ in FALSE])
async def test_nobody_is_registered_under_one(world: World, admin: httpx2.AsyncClient, given: str) -> None:
    response = await admin.post("/partners", json=changed(PARTNER, "admin.email", given))
    told = problem(response, 422, "request.invalid")
    assert [found["path"] for found in told["problems"]] == ["admin.email"]
    assert world.bus.sent == []


@pytest.mark.parametrize(
    "given", ["\uff41nna@acme.example", "anna@\uff41cme.example", "anna@acme\uff0eexample"]
)
async def test_nobody_signs_in_as_another_by_one(nobody: httpx2.AsyncClient, given: str) -> None:
    form = {"grant_type": "password", "username": given, "password": PASSWORD}
    problem(await nobody.post("/auth/token", data=form), 401, "auth.invalid_credentials")


NAMES = [
    ("xn--cme-5cd", "subdomain_punycode"),
    ("ab--cd", "subdomain_punycode"),
    ("admin", "subdomain_reserved"),
    ("status", "subdomain_reserved"),
    ("Acme", "subdomain_malformed"),
    ("\u0430cme", "subdomain_malformed"),
    ("\uff41cme", "subdomain_malformed"),
    ("ac\u200dme", "subdomain_malformed"),
    ("acme\n", "subdomain_malformed"),
    ("acme.evil", "subdomain_malformed"),
    ("-acme", "subdomain_malformed"),
    ("acme-", "subdomain_malformed"),
    ("a" * 41, "subdomain_malformed"),
]


@pytest.mark.parametrize("given, code", NAMES)
async def test_no_tenant_gets_a_name_that_is_ours_or_looks_like_anothers(
    world: World, reseller: httpx2.AsyncClient, given: str, code: str
) -> None:
    with pytest.raises(BadSubdomain) as caught:
        accepted(given)
    assert caught.value.code == code
    body = changed(TENANT, "subdomain", given)
    told = problem(
        await reseller.post(f"/partners/{world.partner}/tenants", json=body), 422, "request.invalid"
    )
    assert [found["path"] for found in told["problems"]] == ["subdomain"]
    assert told["problems"][0]["code"] in (code, "string_pattern_mismatch")


def test_names_we_use_ourselves_are_reserved() -> None:
    assert {"www", "api", "admin", "app", "mail", "status", "docs", "auth", "login"} <= RESERVED
    for name in ("acme", "acme-2", "a--b", "a1b"):
        assert accepted(name) == name
