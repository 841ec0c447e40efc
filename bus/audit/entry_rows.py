"""The rows of `ledger_entries` as the events make them, in Postgres' own text."""

from decimal import Decimal
from typing import Any

from schemas.billing.events import CallWrittenOff

LEDGER = b"ledger-"
WRITTEN_OFF = CallWrittenOff.type_name
ROWS = """
COPY (SELECT position, cost_usd, price_usd, commission_usd, postings FROM ledger_entries
    WHERE position > {above} AND position <= {upto} ORDER BY position) TO STDOUT"""
NOTHING = "0.000000000000\t0.000000000000\t0.000000000000\t[]"


def expected(position: int, stream: bytes, type_name: str, data: dict[str, Any]) -> bytes | None:
    """None: the event makes no entry."""
    if not stream.startswith(LEDGER):
        return None
    if type_name == WRITTEN_OFF:
        return f"{position}\t{NOTHING}\n".encode()
    if "postings" not in data:
        return None
    cost, price, commission = (Decimal(data[name]) for name in ("cost", "price", "commission"))
    legs = ", ".join(map(leg, data["postings"]))
    return f"{position}\t{cost:.12f}\t{price:.12f}\t{commission:.12f}\t[{legs}]\n".encode()


def leg(posting: dict[str, Any]) -> str:
    """As jsonb is written: shorter names first."""
    side, amount, account = posting["side"], posting["amount"], posting["account"]
    return f'{{"side": "{side}", "amount": "{amount}", "account": "{account}"}}'
