import asyncio
import time

import structlog
from fastapi import APIRouter
from starlette.responses import Response

from api import metrics
from api.deps import Parts
from api.errors import ApiProblem
from api.models.health import Alive, CheckResult, Ready
from api.ports import Check

router = APIRouter(tags=["service"])
log = structlog.get_logger()
SAMPLE = 'hb_http_requests_total{method="GET",route="/agents",status="200"} 12.0\n'


@router.get("/health/live", response_model=Alive, summary="The process is up")
async def live() -> Alive:
    return Alive()


@router.get("/health/ready", response_model=Ready, summary="Everything this process needs is there")
async def ready(parts: Parts) -> Ready:
    names = list(parts.checks)
    limit = parts.limits.check_seconds
    results = await asyncio.gather(*(run(name, parts.checks[name], limit) for name in names))
    found = dict(zip(names, results, strict=True))
    if all(result.ok for result in results):
        return Ready(status="ready", checks=found)
    failed = ", ".join(name for name, result in found.items() if not result.ok)
    raise ApiProblem(
        503,
        "service.not_ready",
        f"Not ready: {failed}.",
        headers={"Retry-After": "1"},
        checks={name: result.model_dump() for name, result in found.items()},
    )


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"example": SAMPLE}}}},
    summary="For Prometheus",
)
async def prometheus() -> Response:
    return metrics.page()


async def run(name: str, check: Check, seconds: float) -> CheckResult:
    """The reason goes to the log; callers without a token learn the kind of error only."""
    begun = time.perf_counter()
    error = None
    try:
        async with asyncio.timeout(seconds):
            await check()
    except Exception as failure:
        log.warning("not_ready", check=name, error=repr(failure))
        error = type(failure).__name__
    return CheckResult(ok=error is None, ms=round((time.perf_counter() - begun) * 1000, 1), error=error)
