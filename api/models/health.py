from typing import Literal

from pydantic import BaseModel

from api.models.common import example


class Alive(BaseModel):
    model_config = example(status="alive")

    status: Literal["alive"] = "alive"


class CheckResult(BaseModel):
    ok: bool
    ms: float
    error: str | None = None


class Ready(BaseModel):
    model_config = example(
        status="ready", checks={"postgres": {"ok": True, "ms": 0.8}, "nats": {"ok": True, "ms": 0.3}}
    )

    status: Literal["ready"] = "ready"
    checks: dict[str, CheckResult]
