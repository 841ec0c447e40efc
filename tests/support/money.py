"""Calls, rates and ledger events with defaults, and hypothesis strategies for money."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from contexts.billing import rating
from contexts.billing.facts import AuthorizationFacts
from contexts.billing.postings import postings
from schemas.billing.commands import AuthorizeCall
from schemas.billing.events import CallAuthorized, CallSettled
from schemas.billing.types import (
    Absolute,
    Commission,
    MonthToDate,
    Package,
    Percent,
    Pricing,
    SystemRate,
    Terms,
    Tier,
    Tiered,
    TokenRates,
)
from schemas.execution.chat import Usage
from schemas.execution.types import CallRef
from tests.support.builders import MODEL, NOW, PARTNER_ID, TENANT_ID

EXECUTION_ID = UUID(int=7)
START = datetime(2026, 1, 1, tzinfo=UTC)
EXPIRES = NOW + timedelta(seconds=120, minutes=5)
USAGE = Usage(input=1_000, output=100)
RATES = TokenRates(
    input=Decimal(3), output=Decimal(15), cache_read=Decimal("0.3"), cache_write=Decimal("3.75")
)


def call(node: str = "answer", attempt: int = 1, **changes: Any) -> CallRef:
    named = {"execution_id": EXECUTION_ID, "node": node, "attempt": attempt, "requested_at": NOW}
    return CallRef(**{**named, **changes})


def system_rate(rates: TokenRates = RATES, model: str = MODEL, start: datetime = START) -> SystemRate:
    rate_id = f"rate:{model}:{start.isoformat()}"
    return SystemRate(rate_id=rate_id, model=model, rates=rates, effective_from=start)


def terms(markup: str = "30", commission: str = "20", start: datetime = START) -> Terms:
    return Terms(
        terms_id=f"terms:{PARTNER_ID}:{start.isoformat()}",
        price=Percent(markup_percent=Decimal(markup)),
        commission=Commission(percent=Decimal(commission)),
        effective_from=start,
    )


def pricing(rates: TokenRates = RATES, conditions: Terms | None = None) -> Pricing:
    return Pricing(system_rate=system_rate(rates), terms=conditions or terms())


def knowing(budget: str | None = None, prices: Pricing | None = None) -> AuthorizationFacts:
    return AuthorizationFacts(prices or pricing(), None if budget is None else Decimal(budget))


def authorize(node: str = "answer", **changes: Any) -> AuthorizeCall:
    defaults = {
        "tenant_id": TENANT_ID,
        "call": call(node),
        "model": MODEL,
        "max_input_tokens": 2_000,
        "max_output_tokens": 200,
        "timeout_seconds": 120,
        "request_ref": "execution-1@2",
    }
    return AuthorizeCall(**{**defaults, **changes})


def authorized(node: str = "answer", **changes: Any) -> CallAuthorized:
    """The answer to `authorize` at NOW: 2,000 input and 200 output tokens at their dearest, plus 30 %."""
    defaults = {
        "tenant_id": TENANT_ID,
        "call": call(node),
        "model": MODEL,
        "hold": Decimal("0.01365"),
        "pricing": pricing(),
        "request_ref": "execution-1@2",
        "expires_at": EXPIRES,
    }
    return CallAuthorized(**{**defaults, **changes})


def settled(node: str = "answer", usage: Usage = USAGE, prices: Pricing | None = None) -> CallSettled:
    prices = prices or pricing()
    charge = rating.charge(usage, prices)
    return CallSettled(
        tenant_id=TENANT_ID,
        partner_id=PARTNER_ID,
        call=call(node),
        model=MODEL,
        usage=usage,
        pricing=prices,
        cost=charge.cost,
        price=charge.price,
        commission=charge.commission,
        postings=postings(MODEL, TENANT_ID, PARTNER_ID, charge),
        degraded=usage.estimated,
        quarantined=usage.quarantined,
    )


def decimals(highest: int, places: int) -> st.SearchStrategy[Decimal]:
    return st.integers(0, highest * 10**places).map(lambda n: Decimal(n).scaleb(-places))


def token_counts(input_tokens: int, output_tokens: int) -> st.SearchStrategy[Usage]:
    """Usages whose input classes and output classes stay within the given sums."""
    cuts = st.tuples(*[st.integers(0, input_tokens)] * 3, *[st.integers(0, output_tokens)] * 2)
    return cuts.map(lambda c: partition(sorted(c[:3]), sorted(c[3:])))


def partition(inputs: list[int], outputs: list[int]) -> Usage:
    return Usage(
        input=inputs[0],
        cache_read=inputs[1] - inputs[0],
        cache_write=inputs[2] - inputs[1],
        output=outputs[0],
        reasoning=outputs[1] - outputs[0],
    )


def doubled(rates: TokenRates) -> TokenRates:
    return TokenRates(**{name: 2 * rate for name, rate in rates})


rate = decimals(1_000, 9) | decimals(10, 18)
token_rates = st.builds(
    TokenRates,
    **dict.fromkeys(("input", "output", "cache_read", "cache_write", "reasoning"), rate),
    **dict.fromkeys(("request", "image", "audio_minute"), st.just(Decimal(0)) | rate),
)
percents = st.builds(
    lambda markup, rates, bounds: Percent(
        markup_percent=markup - 100,
        floor=rates if "floor" in bounds else None,
        cap=doubled(rates) if "cap" in bounds else None,
    ),
    markup=decimals(1_100, 6),
    rates=token_rates,
    bounds=st.sets(st.sampled_from(("floor", "cap"))),
)
flats = percents | st.builds(Absolute, rates=token_rates)
levels = st.sets(st.integers(1, 3_000_000), max_size=3).map(lambda found: [0, *sorted(found)])


@st.composite
def tiered(draw: st.DrawFn) -> Tiered:
    kind = draw(st.sampled_from(("graduated", "volume")))
    of = draw(st.sampled_from(("tokens", "price")))
    tiers = [Tier(above=Decimal(above), price=draw(flats)) for above in draw(levels)]
    return Tiered(kind=kind, of=of, tiers=tuple(tiers))


packages = st.builds(Package, tokens=st.integers(1, 10**6), price=decimals(1_000, 12))
price_rules = flats | tiered() | packages
commissions = st.builds(Commission, percent=decimals(100, 6), of=st.sampled_from(("price", "margin")))
all_terms = st.builds(
    lambda rule, share: terms().model_copy(update={"price": rule, "commission": share}),
    rule=price_rules,
    share=commissions,
)
months = st.builds(MonthToDate, tokens=st.integers(0, 10**7), price=decimals(10**6, 12))
pricings = st.builds(
    lambda rates, conditions, so_far: pricing(rates, conditions).model_copy(update={"so_far": so_far}),
    rates=token_rates,
    conditions=all_terms,
    so_far=months,
)
usages = token_counts(2_000_000, 100_000)
