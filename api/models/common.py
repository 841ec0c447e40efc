"""Shapes many routes share."""

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from schemas.envelope import Problem


def plain(amount: Decimal) -> str:
    """Never `0E-12`."""
    return format(amount, "f")


Number = Annotated[Decimal, PlainSerializer(plain, return_type=str)]
"""An exact decimal, as a string in JSON."""

Position = Annotated[int, Field(description="Pass as `?after=` to read what includes this.")]

ID = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"
OTHER_ID = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
NOW = "2026-11-23T10:00:00Z"


def example(**fields: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [fields]})


class ProblemDetails(BaseModel):
    """RFC 9457. `code` is stable: programs read it, people read `detail`."""

    model_config = example(
        type="urn:hirebuddha:problem:request.invalid",
        title="Unprocessable Entity",
        status=422,
        code="request.invalid",
        detail="The request does not have the right form.",
        request_id=ID,
        problems=[{"code": "missing", "message": "Field required", "path": "admin.email"}],
    )

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    problems: list[Problem]


class Pending(BaseModel):
    """Queued for sure, not decided yet: ask `GET /commands/{command_id}`."""

    model_config = example(status="pending", command_id=ID, position=None)

    status: Literal["pending"]
    command_id: UUID
    position: None


class Done(BaseModel):
    """Committed."""

    model_config = example(id=ID, position=1042)

    id: UUID
    position: Position


class DoneByName(BaseModel):
    """Committed."""

    model_config = example(name="lookup", position=1042)

    name: str
    position: Position


class Links(BaseModel):
    self: str
    stream: str


class Job(BaseModel):
    """A run that was started; `position` is null when its start is still queued."""

    model_config = example(
        job_id=ID,
        position=1043,
        links={"self": f"/executions/{ID}", "stream": f"/executions/{ID}/stream"},
    )

    job_id: UUID
    position: int | None
    links: Links


class CommandStatus(BaseModel):
    model_config = example(
        id=ID, status="accepted", stream=f"execution-{OTHER_ID}", position=1043, problem=None
    )

    id: UUID
    status: Literal["accepted", "rejected"]
    stream: str
    position: int
    problem: ProblemDetails | None
