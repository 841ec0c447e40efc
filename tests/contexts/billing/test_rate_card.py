from datetime import datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from contexts.billing.rate_card import (
    RATE_CARD,
    RateCard,
    evolve,
    known_models,
    pricing_in_force,
    rate_in_force,
    set_partner_terms,
    set_system_rate,
    terms_in_force,
)
from contexts.billing.registry import REGISTRY
from contexts.kernel import Context, Rejection
from schemas.base import TenantId
from schemas.billing.commands import (
    SetPartnerTerms,
    SetSystemRate,
    WithdrawPartnerTerms,
    WithdrawSystemRate,
)
from schemas.billing.events import (
    PartnerTermsSet,
    PartnerTermsWithdrawn,
    SystemRateSet,
    SystemRateWithdrawn,
)
from schemas.billing.types import Commission, Percent, Pricing, TokenRates
from tests.support.builders import MODEL, NOW, PARTNER_ID, SYSTEM, TENANT_ID
from tests.support.money import RATES, START, system_rate, terms
from tests.support.spec import Spec

given = Spec(REGISTRY).given

DEARER = TokenRates(input=Decimal(6), output=Decimal(30))
LATER = NOW + timedelta(days=30)
SCOPES = ((None, None), (None, MODEL), (TENANT_ID, None), (TENANT_ID, MODEL))


def set_rate(rates: TokenRates = RATES, start: datetime | None = None, model: str = MODEL) -> SetSystemRate:
    return SetSystemRate(model=model, rates=rates, effective_from=start)


def rate_set(rates: TokenRates = RATES, start: datetime = NOW, model: str = MODEL) -> SystemRateSet:
    return SystemRateSet(rate=system_rate(rates, model, start))


def set_terms(markup: str = "30", start: datetime | None = None) -> SetPartnerTerms:
    return SetPartnerTerms(
        partner_id=PARTNER_ID,
        price=Percent(markup_percent=Decimal(markup)),
        commission=Commission(percent=Decimal(20)),
        effective_from=start,
    )


def terms_set(markup: str = "30", start: datetime = NOW) -> PartnerTermsSet:
    return PartnerTermsSet(partner_id=PARTNER_ID, terms=terms(markup, "20", start))


def test_a_rate_is_in_force_from_now_unless_said_otherwise() -> None:
    given().when(set_rate()).then(rate_set(start=NOW))
    given().when(set_rate(start=LATER)).then(rate_set(start=LATER))


def test_a_rates_id_says_its_model_and_its_start_in_utc() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=2)))
    given().when(set_rate(start=elsewhere)).then(rate_set(start=NOW))
    assert rate_set().rate.rate_id == "rate:local/smollm2:2026-09-15T12:00:00+00:00"


def test_the_first_rate_of_a_model_may_start_in_the_past() -> None:
    given(rate_set(model="acme/gpt")).when(set_rate(start=START)).then(rate_set(start=START))


def test_another_rate_follows_the_latest() -> None:
    given(rate_set(start=START)).when(set_rate(DEARER, LATER)).then(rate_set(DEARER, LATER))


@pytest.mark.parametrize("start", [START, START + timedelta(days=1), NOW - timedelta(seconds=1)])
def test_the_past_is_immutable(start: datetime) -> None:
    given(rate_set(start=START)).when(set_rate(DEARER, start)).refused("billing.rate_in_the_past")
    given(terms_set(start=START)).when(set_terms("40", start)).refused("billing.rate_in_the_past")


def test_what_is_planned_is_not_overtaken() -> None:
    given(rate_set(start=LATER)).when(set_rate(DEARER)).refused("billing.rate_in_the_past")
    given(rate_set(start=LATER)).when(set_rate(RATES)).refused("billing.rate_in_the_past")


def test_the_same_rate_again_says_nothing() -> None:
    given(rate_set(start=START)).when(set_rate()).nothing()
    given(rate_set(start=START)).when(set_rate(start=START)).nothing()
    given(rate_set(start=START)).when(set_rate(start=LATER)).nothing()


def test_partner_terms_are_a_timeline_as_well() -> None:
    given().when(set_terms(start=START)).then(terms_set(start=START))
    given(terms_set(start=START)).when(set_terms("40")).then(terms_set("40"))
    given(terms_set(start=START)).when(set_terms()).nothing()


def test_what_has_not_begun_can_be_withdrawn_and_set_anew() -> None:
    planned = rate_set(start=LATER)
    gone = SystemRateWithdrawn(model=MODEL, rate_id=planned.rate.rate_id)
    withdraw = WithdrawSystemRate(rate_id=planned.rate.rate_id)
    given(rate_set(start=START), planned).when(withdraw).then(gone)
    again = rate_set(DEARER, LATER).rate.model_copy(update={"rate_id": f"{planned.rate.rate_id}#2"})
    given(planned, gone).when(set_rate(DEARER, LATER)).then(SystemRateSet(rate=again))
    given(planned, gone).when(withdraw).refused("billing.no_such_rate")


def test_partner_terms_that_have_not_begun_can_be_withdrawn() -> None:
    planned = terms_set("40", LATER)
    terms_id = planned.terms.terms_id
    gone = PartnerTermsWithdrawn(partner_id=PARTNER_ID, scope=planned.terms.scope, terms_id=terms_id)
    withdraw = WithdrawPartnerTerms(partner_id=PARTNER_ID, terms_id=terms_id)
    given(terms_set(start=START), planned).when(withdraw).then(gone)
    given(terms_set(start=START), planned, gone).when(set_terms("40")).then(terms_set("40"))


@pytest.mark.parametrize("start", [START, NOW])
def test_what_has_begun_is_not_withdrawn(start: datetime) -> None:
    rate, agreed = rate_set(start=start), terms_set(start=start)
    refused = "billing.rate_in_the_past"
    given(rate).when(WithdrawSystemRate(rate_id=rate.rate.rate_id)).refused(refused)
    withdraw = WithdrawPartnerTerms(partner_id=PARTNER_ID, terms_id=agreed.terms.terms_id)
    given(agreed).when(withdraw).refused(refused)


def test_a_model_is_known_while_it_has_a_rate() -> None:
    gone = SystemRateWithdrawn(model=MODEL, rate_id=rate_set(start=LATER).rate.rate_id)
    assert known_models(evolve(evolve(None, rate_set(start=LATER)), gone)) == frozenset()


def test_the_narrowest_terms_win() -> None:
    card: RateCard | None = None
    for tenant_id, model in SCOPES:
        narrow = set_terms().model_copy(update={"for_tenant": tenant_id, "for_model": model})
        for event in set_partner_terms(card, narrow, Context(NOW, SYSTEM, TENANT_ID, PARTNER_ID)):
            card = evolve(card, event)
    other = TenantId(UUID(int=99))
    for tenant_id, model, expected in (
        (TENANT_ID, MODEL, (TENANT_ID, MODEL)),
        (TENANT_ID, "acme/gpt", (TENANT_ID, None)),
        (other, MODEL, (None, MODEL)),
        (other, "acme/gpt", (None, None)),
    ):
        found = terms_in_force(card, tenant_id, model, NOW)
        assert found is not None
        assert (found.for_tenant, found.for_model) == expected


def test_narrow_terms_that_have_not_begun_leave_the_wide_ones_in_force() -> None:
    wide = set_terms(start=START)
    narrow = set_terms("50", LATER).model_copy(update={"for_tenant": TENANT_ID})
    card: RateCard | None = None
    for command in (wide, narrow):
        for event in set_partner_terms(card, command, Context(NOW, SYSTEM, TENANT_ID, PARTNER_ID)):
            card = evolve(card, event)
    now, later = (terms_in_force(card, TENANT_ID, MODEL, at) for at in (NOW, LATER))
    assert (now and now.for_tenant, later and later.for_tenant) == (None, TENANT_ID)


def test_the_rate_in_force_is_the_latest_that_has_begun() -> None:
    card = evolve(evolve(None, rate_set(start=NOW)), rate_set(DEARER, LATER))
    moments = (NOW - timedelta(microseconds=1), NOW, LATER - timedelta(microseconds=1), LATER)
    found = [rate_in_force(card, MODEL, at) for at in moments]
    assert [rate and rate.rates for rate in found] == [None, RATES, RATES, DEARER]
    assert rate_in_force(card, "acme/gpt", LATER) is None
    assert known_models(card) == {MODEL}


def test_a_price_needs_a_rate_and_terms() -> None:
    system, partner = evolve(None, rate_set()), evolve(None, terms_set())
    expected = Pricing(system_rate=rate_set().rate, terms=terms_set().terms)
    assert pricing_in_force(system, partner, TENANT_ID, MODEL, NOW) == expected
    assert pricing_in_force(system, None, TENANT_ID, MODEL, NOW) is None
    assert pricing_in_force(None, partner, TENANT_ID, MODEL, NOW) is None
    assert terms_in_force(partner, None, None, START) is None


@for_all(
    st.lists(st.tuples(st.integers(0, 50), st.none() | st.integers(0, 80), st.integers(1, 3)), max_size=12)
)
def test_whatever_was_in_force_once_stays_in_force_then(
    changes: list[tuple[int, int | None, int]],
) -> None:
    card: RateCard | None = None
    seen: dict[datetime, str] = {}
    now = START
    for wait, offset, rate in changes:
        now += timedelta(hours=wait)
        moment = now - timedelta(microseconds=1)
        if current := rate_in_force(card, MODEL, moment):
            seen[moment] = current.rate_id
        start = None if offset is None else START + timedelta(hours=offset)
        card = after(card, set_rate(TokenRates(input=Decimal(rate), output=Decimal(rate)), start), now)
    for at, rate_id in seen.items():
        assert (found := rate_in_force(card, MODEL, at)) and found.rate_id == rate_id


def after(card: RateCard | None, command: SetSystemRate, now: datetime) -> RateCard | None:
    try:
        events = set_system_rate(card, command, Context(now, SYSTEM, TENANT_ID, PARTNER_ID))
    except Rejection:
        return card
    for event in events:
        card = RATE_CARD.evolve(card, event)
    return card
