"""JSON bodies: parsed strictly, every problem named.

FastAPI parses to Python first, where strict mode refuses UUIDs and decimals and lax mode takes
`true` for 1. Validating the raw JSON strictly does neither, down to the definitions inside.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import from_json

from api.errors import ApiProblem, invalid
from schemas.envelope import Problem

CODES = {"extra_forbidden": "unknown_field"}


class Body(BaseModel):
    """A JSON request body."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


B = TypeVar("B", bound=Body)


class Reader:
    """The dependency that reads a body; the OpenAPI page finds `model` by it.

    An `optional` body may be left out, which is `{}`.
    """

    def __init__(self, model: type[Body], optional: bool) -> None:
        self.model = model
        self.optional = optional

    async def __call__(self, request: Request) -> Body:
        demand_json(request.headers.get("content-type", "application/json"))
        raw = await request.body()
        return validated(self.model, raw if raw or not self.optional else b"{}")


def json_body(model: type[Body], optional: bool = False) -> Any:
    return Depends(Reader(model, optional))


def demand_json(content_type: str) -> None:
    media_type = content_type.split(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise ApiProblem(415, "request.not_json", "Send the body as application/json.")


def parsed(raw: bytes) -> Any:
    try:
        value = from_json(raw, allow_inf_nan=False)
    except ValueError as error:
        raise ApiProblem(400, "request.malformed_json", f"The body is not JSON: {error}.") from error
    if problems := list(unstorable(value)):
        raise invalid(problems)
    return value


def validated(model: type[B], raw: bytes) -> B:
    value = parsed(raw)
    try:
        return model.model_validate_json(raw, strict=True)
    except ValidationError as error:
        raise invalid(body_problems(error, value)) from error


def body_problems(error: ValidationError, parsed: Any) -> list[Problem]:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return [
        Problem(
            code=CODES.get(one["type"], one["type"]),
            message=one["msg"],
            path=".".join(real_path(one["loc"], parsed)),
        )
        for one in found
        if not (one["type"] == "too_short" and any(is_inside(other["loc"], one["loc"]) for other in found))
    ]


def is_inside(loc: tuple[int | str, ...], outer: tuple[int | str, ...]) -> bool:
    """pydantic calls a list too short when its items are wrong: it does not count those."""
    return len(loc) > len(outer) and loc[: len(outer)] == outer


def real_path(loc: Sequence[int | str], value: Any) -> Iterator[str]:
    """The location without the names of union members that pydantic puts in."""
    for index, part in enumerate(loc):
        last = index == len(loc) - 1
        if (isinstance(value, dict) and part in value) or (isinstance(value, list) and isinstance(part, int)):
            value = value[part]  # type: ignore[index]
            yield str(part)
        elif last:
            yield str(part)


def unstorable(value: Any, path: str = "") -> Iterator[Problem]:
    """What JSON can say and the store cannot keep: NUL characters and numbers without end."""
    if isinstance(value, str) and "\0" in value:
        yield Problem(code="nul_character", message="NUL characters cannot be stored.", path=path)
    elif isinstance(value, float) and not math.isfinite(value):
        yield Problem(code="finite_number", message="The number is too large.", path=path)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from unstorable(item, f"{path}.{index}".lstrip("."))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from unstorable(key, path)
            yield from unstorable(item, f"{path}.{key}".lstrip("."))
