"""JetStream acknowledges before it syncs to disk unless told otherwise; commands are nowhere else yet."""

from typing import Any

import httpx2
import structlog

from infra.errors import SetupError

TIMEOUT_SECONDS = 5.0
HOW_TO_SYNC = "Set `jetstream { sync_interval: always }` in that server's configuration and restart it."
HOW_TO_MONITOR = (
    "Start that server with a monitoring port (`http: 8222`) and set HB_NATS_MONITOR_URL to its address."
)


class NotDurable(SetupError):
    def __init__(self, monitor_url: str, seconds: float) -> None:
        super().__init__(
            f"the NATS server at {monitor_url} acknowledges messages up to {seconds:g} s before they are on "
            "disk, so a power loss would lose accepted commands.",
            HOW_TO_SYNC,
        )


class NoJetStream(SetupError):
    def __init__(self, monitor_url: str) -> None:
        super().__init__(
            f"the NATS server at {monitor_url} runs without JetStream.",
            "Add a `jetstream` block to its configuration and restart it.",
        )


class MonitorUnreachable(SetupError):
    def __init__(self, monitor_url: str, reason: str) -> None:
        super().__init__(
            f"the NATS monitoring address {monitor_url} does not answer: {reason}", HOW_TO_MONITOR
        )


async def assert_durable(monitor_url: str) -> None:
    report = await read_report(monitor_url)
    config = report.get("config")
    if report.get("disabled") or not config:
        raise NoJetStream(monitor_url)
    if not config.get("sync_always", False):
        raise NotDurable(monitor_url, config.get("sync_interval", 0) / 1e9)


async def read_report(monitor_url: str) -> dict[str, Any]:
    try:
        async with httpx2.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            response = await client.get(monitor_url.rstrip("/") + "/jsz", params={"config": "1"})
            report: dict[str, Any] = response.raise_for_status().json()
            return report
    except (httpx2.HTTPError, ValueError) as error:
        raise MonitorUnreachable(monitor_url, str(error) or type(error).__name__) from error


def warn_unproven(nats_url: str) -> None:
    """A client connection cannot tell: neither INFO nor the JetStream API names the sync interval."""
    structlog.get_logger().warning("nats_durability_unproven", nats_url=nats_url, fix=HOW_TO_MONITOR)
