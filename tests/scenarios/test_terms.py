"""What partners agreed to is what their tenants' calls are settled at."""

from decimal import Decimal
from uuid import UUID

from schemas.billing.commands import SetPartnerTerms, WithdrawPartnerTerms
from schemas.billing.events import CallSettled
from schemas.billing.types import Absolute, Commission, Percent, PriceRule, Tier, Tiered, TokenRates
from tests.support.builders import MODEL, PARTNER_ID, TENANT_ID, app_admin, llm, partner_admin, workflow
from tests.support.harness import Harness
from tests.support.llm_script import Behaviour
from tests.support.story import LEDGER, accept, given_tenant, given_workflow, start, tenant_admin

ASK = workflow(llm("ask", prompt="Say hi"), output="{{ steps.ask.output }}")


def flat(dollars: str) -> Absolute:
    return Absolute(rates=TokenRates(input=Decimal(dollars), output=Decimal(dollars)))


def agreed(rule: PriceRule, **scope: object) -> SetPartnerTerms:
    share = Commission(percent=Decimal(50), of="margin")
    fields = {"partner_id": PARTNER_ID, "price": rule, "commission": share}
    return SetPartnerTerms.model_validate(fields | scope)


def run(h: Harness, number: int) -> CallSettled:
    accept(h.submit(start(execution_id=UUID(int=100 + number)), as_=tenant_admin()))
    h.run()
    entry = h.events(LEDGER)[-1]
    assert isinstance(entry, CallSettled)
    return entry


def test_a_months_calls_go_up_the_tiers(h: Harness) -> None:
    h.chat.script(MODEL, Behaviour(text="Hi", input_tokens=999))
    given_tenant(h)
    given_workflow(h, ASK)
    tiers = (Tier(above=Decimal(0), price=flat("10")), Tier(above=Decimal(1_500), price=flat("4")))
    accept(h.submit(agreed(Tiered(kind="graduated", tiers=tiers), for_tenant=TENANT_ID), as_=app_admin()))
    entries = [run(h, number) for number in range(3)]
    assert [entry.price for entry in entries] == [Decimal("0.01"), Decimal("0.007"), Decimal("0.004")]
    assert [entry.pricing.so_far.tokens for entry in entries] == [0, 1_000, 2_000]
    assert [entry.commission for entry in entries] == [
        Decimal("0.003494"),
        Decimal("0.001994"),
        Decimal("0.000494"),
    ]


def test_the_narrowest_terms_price_a_call(h: Harness) -> None:
    h.chat.script(MODEL, Behaviour(text="Hi", input_tokens=999))
    given_tenant(h)
    given_workflow(h, ASK)
    accept(h.submit(agreed(flat("9"), for_tenant=TENANT_ID, for_model=MODEL), as_=app_admin()))
    accept(h.submit(agreed(flat("7"), for_model=MODEL), as_=app_admin()))
    assert run(h, 1).price == Decimal("0.009")


def test_only_the_platform_sets_terms_and_only_what_is_to_come_goes(h: Harness) -> None:
    given_tenant(h)
    command = agreed(Percent(markup_percent=Decimal(0)))
    assert h.submit(command, as_=partner_admin()).status == "rejected"
    wide = h.state(f"rate_card-{PARTNER_ID}").terms["* *"]
    withdraw = WithdrawPartnerTerms(partner_id=PARTNER_ID, terms_id=wide[0].terms_id)
    refused = h.submit(withdraw, as_=app_admin()).refusal
    assert refused is not None and refused.code == "billing.rate_in_the_past"
