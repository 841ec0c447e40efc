"""Every error is an application/problem+json (RFC 9457) with a stable `code`."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schemas.envelope import Problem, Refusal
from schemas.tenancy.erasure import CONTENT_ERASED

MEDIA_TYPE = "application/problem+json"
STATUS_OF = {
    "invalid": 400,
    "payment_required": 402,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "gone": 410,
}
ROUTING_CODES = {404: "request.unknown_route", 405: "request.method_not_allowed"}

log = structlog.get_logger()


class ApiProblem(HTTPException):
    """An answer that is not the wanted one."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        problems: Sequence[Problem] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(status, detail, dict(headers) if headers else None)
        self.code = code
        self.problems = problems
        self.more = more


def refused(refusal: Refusal) -> ApiProblem:
    return ApiProblem(STATUS_OF[refusal.kind], refusal.code, refusal.detail, refusal.problems)


def unauthenticated(code: str, detail: str) -> ApiProblem:
    return ApiProblem(401, code, detail, headers={"WWW-Authenticate": "Bearer"})


def erased() -> ApiProblem:
    return ApiProblem(410, CONTENT_ERASED, "It was erased: its tenant was closed.")


def not_found(code: str, what: str) -> ApiProblem:
    return ApiProblem(404, code, f"There is no such {what}, or you may not see it.")


def invalid(problems: Sequence[Problem]) -> ApiProblem:
    return ApiProblem(422, "request.invalid", "The request does not have the right form.", problems)


def body_of(error: ApiProblem, request_id: str) -> dict[str, Any]:
    return {
        "type": f"urn:hirebuddha:problem:{error.code}",
        "title": HTTPStatus(error.status_code).phrase,
        "status": error.status_code,
        "code": error.code,
        "detail": error.detail,
        "request_id": request_id,
        "problems": [problem.model_dump(exclude_none=True) for problem in error.problems],
        **error.more,
    }


def respond(error: ApiProblem, scope: Scope) -> JSONResponse:
    """The code stays with the request, for what is recorded of it."""
    state = scope.setdefault("state", {})
    state["code"] = error.code
    request_id = state.get("request_id", "")
    return JSONResponse(
        body_of(error, request_id), error.status_code, headers=error.headers, media_type=MEDIA_TYPE
    )


def parameter_problems(error: RequestValidationError) -> list[Problem]:
    """Without the input: it may be a password."""
    return [
        Problem(code=found["type"], message=found["msg"], path=".".join(map(str, found["loc"])))
        for found in error.errors()
    ]


async def on_http_exception(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, ApiProblem):
        assert isinstance(error, HTTPException)
        code = ROUTING_CODES.get(error.status_code, "request.refused")
        error = ApiProblem(error.status_code, code, error.detail, headers=error.headers)
    return respond(error, request.scope)


async def on_invalid_parameters(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return respond(invalid(parameter_problems(error)), request.scope)


def install(app: FastAPI) -> None:
    app.add_exception_handler(HTTPException, on_http_exception)
    app.add_exception_handler(RequestValidationError, on_invalid_parameters)


class LastResort:
    """Turns what nobody caught into a 503 when a part is away, else into a 500 that tells nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except ClientDisconnect:
            return
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            await respond(self._problem(scope, error), scope)(scope, receive, send)

    def _problem(self, scope: Scope, error: Exception) -> ApiProblem:
        for kind, code in scope["app"].state.deps.outages.items():
            if isinstance(error, kind):
                log.warning("part_away", code=code, error=repr(error))
                headers = {"Retry-After": "1"}
                return ApiProblem(
                    503, code, "A part of the service is away. Try again soon.", headers=headers
                )
        log.error("request_failed", exc_info=error)
        return ApiProblem(
            500, "service.failed", "Something went wrong on our side. Quote the request id to us."
        )
