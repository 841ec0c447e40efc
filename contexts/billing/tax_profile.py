"""What is known of a tenant for tax: the last word counts, documents keep what they were issued with."""

from contexts.kernel import Aggregate, Context
from schemas.billing.taxes import SetTaxProfile, TaxProfile, TaxProfileSet


def set_profile(state: TaxProfile | None, command: SetTaxProfile, ctx: Context) -> list[TaxProfileSet]:
    if state == command.profile:
        return []
    return [TaxProfileSet(**dict(command))]


def evolve(state: TaxProfile | None, event: TaxProfileSet) -> TaxProfile:
    return event.profile


TAX_PROFILE = Aggregate("tax_profile", TaxProfile, evolve)
