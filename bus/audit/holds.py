"""Which calls are held at the end of a stretch of the ledger."""

from typing import Any

STATUS: dict[str, str | None] = {
    "billing.ledger.call_authorized": "open",
    "billing.ledger.call_unknown": "unknown",
    "billing.ledger.call_settled": None,
    "billing.ledger.call_released": None,
    "billing.ledger.call_written_off": None,
}


def follow(holds: dict[str, str | None], type_name: str, data: dict[str, Any]) -> None:
    """An end whose beginning is in an earlier stretch is kept, to end it there."""
    if type_name not in STATUS:
        return
    call, status = data["call"], STATUS[type_name]
    key = f"{call['execution_id']}:{call['node']}:{call['attempt']}"
    if status is None and key in holds:
        del holds[key]
    else:
        holds[key] = status


def merged(stretches: list[dict[str, str | None]]) -> dict[str, str]:
    held: dict[str, str] = {}
    for stretch in stretches:
        for key, status in stretch.items():
            if status is None:
                held.pop(key, None)
            else:
                held[key] = status
    return held
