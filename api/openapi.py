"""The OpenAPI document: what FastAPI finds, plus bodies, problems and examples for every operation."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from api.bodies import Body, Reader
from api.errors import MEDIA_TYPE, ApiProblem, body_of
from api.gateway.kinds import UNLIMITED
from api.models.common import ID, Pending, ProblemDetails
from api.submit import KEY_HEADER, keyed_attempt
from schemas.envelope import Problem

REF = "#/components/schemas/"
DESCRIPTION = """AI agents and workflows for partners and their tenants, metered on a provable ledger.

A success of a writing request means **committed**. Its `position` given back as `?after=` makes reads
wait until they include it. A `202` to anything but an execution means queued for sure and decided soon:
ask `GET /commands/{command_id}`. An `Idempotency-Key` makes retries safe. Every error is an
`application/problem+json` with a stable `code`. Money is a string of US dollars."""
HOOK = "/hooks/{trigger_id}"
STRIPE = "/payments/stripe/webhook"
ACCEPT = "/invitations/accept"
PROBLEMS = {
    400: "Not JSON, or against a rule.",
    401: "No valid access token, or wrong credentials.",
    402: "The budget does not allow it.",
    403: "Your role does not include it, or the tenant is suspended.",
    404: "It does not exist, or you may not see it.",
    408: "The body did not come in time.",
    409: "Against the present state, or the key was used for another request.",
    413: "The body is too large.",
    414: "The URL is too long.",
    415: "The body is not JSON.",
    422: "Not of the right form; `problems` names each field.",
    429: "Too many attempts, calls or requests: try again after `Retry-After`.",
    500: "Our fault.",
    503: "A part is away, has not caught up, or there is too much to do: try again after `Retry-After`.",
}


def generator(app: FastAPI, routers: Sequence[APIRouter]) -> Callable[[], dict[str, Any]]:
    def generate() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = document(app, routers)
        return app.openapi_schema

    return generate


def document(app: FastAPI, routers: Sequence[APIRouter]) -> dict[str, Any]:
    page = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        separate_input_output_schemas=False,
    )
    bodies = dict(body_models(routers))
    keyed = set(keyed_operations(routers))
    models = component_schemas(set(bodies.values()), {*answer_models(routers), Pending, ProblemDetails})
    forms = {name: schema for name, schema in page["components"]["schemas"].items() if "Body_" in name}
    schemas = page["components"]["schemas"] = models | forms
    for path, method, operation in operations(page):
        finish(operation, path, method, bodies.get((path, method)))
        if (path, method) in keyed:
            demand_key(operation)
        illustrate(operation, schemas)
    return page


def operations(page: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in page["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def body_models(routers: Sequence[APIRouter]) -> Iterator[tuple[tuple[str, str], type[Body]]]:
    """Which model each route reads its body with."""
    for place, call in asked(routers):
        if isinstance(call, Reader):
            yield place, call.model


def keyed_operations(routers: Sequence[APIRouter]) -> Iterator[tuple[str, str]]:
    """Those that take no request without an Idempotency-Key."""
    return (place for place, call in asked(routers) if call is keyed_attempt)


def asked(routers: Sequence[APIRouter]) -> Iterator[tuple[tuple[str, str], Any]]:
    """Every dependency of every operation."""
    for route in (route for router in routers for route in router.routes):
        if isinstance(route, APIRoute):
            for call in calls(route.dependant):
                for method in route.methods or ():
                    yield (route.path, method.lower()), call


def calls(dependant: Dependant) -> Iterator[Any]:
    yield dependant.call
    for part in dependant.dependencies:
        yield from calls(part)


def demand_key(operation: dict[str, Any]) -> None:
    key = next(one for one in operation["parameters"] if one["name"] == KEY_HEADER)
    schema = next(form for form in key["schema"]["anyOf"] if form["type"] == "string")
    key |= {"required": True, "schema": {**schema, "title": key["schema"]["title"]}}


def answer_models(routers: Sequence[APIRouter]) -> Iterator[type[BaseModel]]:
    for route in (route for router in routers for route in router.routes):
        if isinstance(route, APIRoute) and route.response_model is not None:
            yield route.response_model


def component_schemas(bodies: set[type[Body]], answers: set[type[BaseModel]]) -> dict[str, Any]:
    """FastAPI's own would do, but for the nulls it drops from examples."""
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "validation") for model in bodies]
    wanted += [(model, "serialization") for model in answers]
    _, definitions = models_json_schema(sorted(wanted, key=str), ref_template=REF + "{model}")
    return dict(sorted(definitions["$defs"].items()))


def finish(operation: dict[str, Any], path: str, method: str, body: type[Body] | None) -> None:
    if body is not None:
        schema = {"$ref": REF + body.__name__}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    responses = operation["responses"]
    if method != "get" and "security" in operation:
        queued = {"application/json": {"schema": {"$ref": REF + "Pending"}}}
        responses.setdefault("202", {"description": Pending.__doc__, "content": queued})
    for status in statuses(operation, path, method):
        responses[str(status)] = problem_response(status)


def statuses(operation: dict[str, Any], path: str, method: str) -> Iterator[int]:
    secured, written = "security" in operation, method != "get"
    yield 500
    yield 503
    yield 414
    yield 422
    if not path.startswith(UNLIMITED):
        yield 429
    if secured or path == HOOK or path.startswith(SIGNING_IN):
        yield 401
    if secured and (method, path) != ("get", "/auth/me"):
        yield 403
        yield 404
    if written:
        yield from (408, 413)
    if written and secured:
        yield from (400, 402, 409, 415)
    if path.startswith(SIGNING_IN) and not secured:
        yield from (400, 403, 404, 409, 415)
    if path == HOOK:
        yield from (400, 409)
    if path == STRIPE:
        yield from (400, 404)


SIGNING_IN = ("/auth/", "/bff/", "/invitations/")
"""Open to people who have no token yet."""


def problem_response(status: int) -> dict[str, Any]:
    content = {"schema": {"$ref": REF + "ProblemDetails"}, "example": problem_example(status)}
    return {"description": PROBLEMS[status], "content": {MEDIA_TYPE: content}}


CODES = {
    400: "request.malformed_json",
    401: "auth.invalid_token",
    402: "billing.budget_exceeded",
    403: "auth.forbidden",
    404: "tenancy.tenant_not_found",
    409: "request.idempotency_conflict",
    408: "request.too_slow",
    413: "request.too_large",
    414: "request.url_too_long",
    415: "request.not_json",
    422: "request.invalid",
    429: "request.rate_limited",
    500: "service.failed",
    503: "bus.unavailable",
}


def problem_example(status: int) -> dict[str, Any]:
    problems = [Problem(code="missing", message="Field required", path="name")] if status == 422 else []
    return body_of(ApiProblem(status, CODES[status], PROBLEMS[status], problems), ID)


def illustrate(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Puts each model's example where readers and generated clients look for it."""
    contents = [operation.get("requestBody", {}), *operation["responses"].values()]
    for media in (media for content in contents for media in content.get("content", {}).values()):
        name = media.get("schema", {}).get("$ref", "").removeprefix(REF)
        if "example" not in media and (examples := schemas.get(name, {}).get("examples")):
            media["example"] = examples[0]
