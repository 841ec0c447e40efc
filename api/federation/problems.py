"""What goes wrong with another provider, as problems."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from api.errors import ApiProblem
from infra.oidc.errors import WORDS, OidcCode, OidcError

STATUS: Mapping[OidcCode, int] = {
    "oidc.provider_unknown": 404,
    "oidc.provider_unavailable": 503,
    "oidc.provider_unreadable": 503,
    "oidc.client_refused": 503,
    "oidc.denied": 403,
    "oidc.tenant_refused": 403,
    "oidc.email_missing": 403,
    "oidc.email_unverified": 403,
    "oidc.sign_in_to_link": 409,
    "oidc.already_linked": 409,
    "oidc.signed_out": 401,
}
"""The rest, 400, is an answer that does not fit the question."""


def problem(code: OidcCode) -> ApiProblem:
    status = STATUS.get(code, 400)
    return ApiProblem(status, code, WORDS[code], headers={"Retry-After": "30"} if status == 503 else None)


@contextmanager
def as_problems() -> Iterator[None]:
    try:
        yield
    except OidcError as error:
        raise problem(error.code) from error
