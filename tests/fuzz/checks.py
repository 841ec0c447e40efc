"""What an answer must be, whoever asks for whatever."""

from collections.abc import Iterator, Mapping

from schemathesis import Response
from schemathesis.checks import CheckFunction
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.fuzz.cases import Sent, wrong_in

ALWAYS: list[CheckFunction] = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OF_WRONG = [*ALWAYS, negative_data_rejection]
MALFORMED = {400, 415, 422}
SIGNED = {"/payments/stripe/webhook", "/hooks/{trigger_id}"}
"""An example cannot have a valid signature."""

OF_ONE_TIME = {
    *("auth.bad_code", "auth.wrong_factor", "auth.passkey_refused", "oidc.response_malformed"),
    "identity.role_does_not_fit",
}
"""Nor a code that was sent to somebody, nor a role for wherever it is asked for."""


def problems_with(sent: Sent, response: Response, headers: Mapping[str, str]) -> Iterator[str]:
    if response.status_code == 500:
        yield "500: a bug of ours"
    if sent.kind == "example" and response.status_code in MALFORMED and could_be_taken(sent, response):
        yield f"the documented example is refused: {response.text_lossy()[:300]}"
    try:
        sent.case.validate_response(response, checks=checks_for(sent), headers=dict(headers))
    except FailureGroup as group:
        yield from (told(failure) for failure in group.exceptions)
    except Failure as failure:
        yield told(failure)


def checks_for(sent: Sent) -> list[CheckFunction]:
    """Where known ids took the place of wrong ones, only a wrong body is surely wrong."""
    wrong = sent.kind == "wrong" and (not sent.known or wrong_in(sent.case) == {ParameterLocation.BODY})
    return OF_WRONG if wrong else ALWAYS


def told(failure: BaseException) -> str:
    return " ".join(str(failure).split())[:500]


def could_be_taken(sent: Sent, response: Response) -> bool:
    return sent.case.path not in SIGNED and response.json().get("code") not in OF_ONE_TIME
