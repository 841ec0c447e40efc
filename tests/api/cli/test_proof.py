"""The demo must say no when a figure is wrong."""

from copy import deepcopy
from typing import Any

import pytest

from api.cli.demo.proof import proofs

ENTRY: dict[str, Any] = {
    "job_id": "j",
    "node": "summary",
    "attempt": 1,
    "kind": "settle",
    "usage": {"input": 351, "output": 96, "cache_read": 0, "cache_write": 0, "reasoning": 0},
    "pricing": {
        "system_rate": {
            "rates": {
                "input": "0.05",
                "output": "0.10",
                "cache_read": "0.05",
                "cache_write": "0.05",
                "reasoning": "0.10",
            }
        },
        "terms": {"price": {"markup_percent": "40"}, "commission": {"percent": "25"}},
    },
    "cost": "0.000027150000",
    "price": "0.000038010000",
    "commission": "0.000009502500",
    "margin": "0.000001357500",
    "postings": [
        {"account": "cogs:local", "side": "debit", "amount": "0.000027150000"},
        {"account": "payable:local", "side": "credit", "amount": "0.000027150000"},
        {"account": "receivable:t", "side": "debit", "amount": "0.000038010000"},
        {"account": "partner:p:commission", "side": "credit", "amount": "0.000009502500"},
        {"account": "revenue:platform", "side": "credit", "amount": "0.000028507500"},
    ],
}
BILL: dict[str, Any] = {
    "price": "0.000038010000",
    "calls": 1,
    "held": "0E-12",
    "lines": [{"price": "0.000038010000"}],
}


def wrong(entry: dict[str, Any] = ENTRY, bill: dict[str, Any] = BILL, calls: int = 1) -> list[str]:
    return [proof.title for proof in proofs([entry], bill, calls) if not proof.holds]


def test_what_is_right_is_proven() -> None:
    assert wrong() == []
    assert len(list(proofs([ENTRY], BILL, 1))) == 8


@pytest.mark.parametrize(
    ("field", "value", "title"),
    [
        ("cost", "0.000027150001", "cost = tokens × rates"),
        ("price", "0.000038010001", "price = cost × (1 + markup)"),
        ("commission", "0.000009502501", "commission = price × share"),
        ("margin", "0.000001357501", "price = cost + margin + commission"),
        ("postings", ENTRY["postings"][:4], "debits = credits"),
        ("postings", [], "debits = credits"),
        ("kind", "write_off", "every call settled once"),
    ],
)
def test_a_figure_that_is_off_is_found(field: str, value: Any, title: str) -> None:
    assert title in wrong({**deepcopy(ENTRY), field: value})


@pytest.mark.parametrize(
    ("field", "value", "title"),
    [
        ("price", "0.000038010001", "bill = sum of the entries"),
        ("calls", 2, "bill = sum of the entries"),
        ("lines", [], "bill = sum of the entries"),
        ("held", "0.01", "nothing is held any more"),
    ],
)
def test_a_bill_that_is_off_is_found(field: str, value: Any, title: str) -> None:
    assert wrong(bill={**BILL, field: value}) == [title]


def test_a_call_settled_twice_or_never_is_found() -> None:
    assert "every call settled once" in wrong(calls=2)
    twice = [proof.title for proof in proofs([ENTRY, ENTRY], BILL, 1) if not proof.holds]
    assert "every call settled once" in twice
