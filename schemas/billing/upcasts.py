"""Old billing events as today's.

Version 2: terms say how a price is made and what the commission is a share of, where version 1 knew
a markup on the cost and a share of the price.
"""

from typing import Any

Data = dict[str, Any]


def terms_v1(terms: Data) -> Data:
    return {
        "terms_id": terms["terms_id"],
        "price": {"kind": "percent", "markup_percent": terms["markup_percent"]},
        "commission": {"percent": terms["commission_percent"]},
        "effective_from": terms["effective_from"],
    }


def with_terms_v1(data: Data) -> Data:
    return {**data, "terms": terms_v1(data["terms"])}


def with_pricing_v1(data: Data) -> Data:
    return {**data, "pricing": with_terms_v1(data["pricing"])}


UPCASTS = {
    ("billing.rate_card.partner_terms_set", 1): with_terms_v1,
    ("billing.ledger.call_authorized", 1): with_pricing_v1,
    ("billing.ledger.call_settled", 1): with_pricing_v1,
}
