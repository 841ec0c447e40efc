"""A provider's lines beside the ledger's calls."""

import json
from decimal import Decimal

import pytest

from bus.audit.reconcile import BadUsage, Billed, Difference, Entry, parsed, reconciled

OURS = [
    Entry("a", Decimal("0.10")),
    Entry("b", Decimal("0.20")),
    Entry("c", Decimal("0.30")),
    Entry("free", Decimal(0)),
]


def differences(*usage: tuple[str, str]) -> list[tuple[str, str, str]]:
    found = reconciled([Billed(call, Decimal(cost)) for call, cost in usage], OURS)
    return [(one.kind, one.call_id, one.proposal) for one in found]


def test_what_agrees_is_no_difference() -> None:
    assert differences(("a", "0.1"), ("b", "0.200"), ("c", "0.30")) == []


def test_each_difference_is_classified_and_has_a_proposal() -> None:
    found = differences(("a", "0.10"), ("a", "0.10"), ("b", "0.25"), ("x", "0.01"))
    assert found == [
        ("duplicated", "a", "dispute"),
        ("mispriced", "b", "reverse"),
        ("unknown", "x", "dispute"),
        ("missing", "c", "reverse"),
    ]


def test_a_call_may_differ_in_two_ways() -> None:
    assert differences(("a", "0.11"), ("a", "0.10"), ("b", "0.2"), ("c", "0.3")) == [
        ("duplicated", "a", "dispute"),
        ("mispriced", "a", "reverse"),
    ]


def test_amounts_stay_exact() -> None:
    theirs = Billed("a", Decimal("0.100000000001"))
    [found] = reconciled([theirs], OURS[:1])
    assert found.shown() == {
        "kind": "mispriced",
        "call_id": "a",
        "ours": "0.10",
        "theirs": "0.100000000001",
        "proposal": "reverse",
        "reason": "the provider charges +0.000000000001: reverse the entry and post it anew",
    }
    assert isinstance(found, Difference)


@pytest.mark.parametrize(
    "text",
    [
        "call_id,cost,model\na,0.1,m\nb,2e-1,m\n",
        json.dumps([{"call_id": "a", "cost": "0.1"}, {"id": "b", "amount": 0.2}]),
        json.dumps({"data": [{"call_key": "a", "cost_usd": 0.1}, {"custom_id": "b", "amount_usd": "0.20"}]}),
        '{"call_id": "a", "cost": 0.1}\n{"call_id": "b", "cost": 0.2}\n',
    ],
)
def test_usage_comes_in_the_forms_that_providers_export(text: str) -> None:
    assert [(line.call_id, line.cost) for line in parsed(text)] == [
        ("a", Decimal("0.1")),
        ("b", Decimal("0.2")),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "call_id,cost\n",
        "a,b\n1,2\n",
        '[{"call_id": "a", "cost": "much"}]',
        "[1]",
        "{",
        "call_id,cost\na,NaN\n",
    ],
)
def test_what_is_no_usage_export_is_refused(text: str) -> None:
    with pytest.raises(BadUsage):
        parsed(text)
