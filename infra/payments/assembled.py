"""The payment providers this platform is set up for."""

from infra.payments.manual import ManualPayments
from infra.payments.stripe import OFF_SESSION, StripePayments
from infra.settings import Settings
from schemas.billing.payment_accounts import ProviderName


def payment_providers(settings: Settings) -> dict[ProviderName, ManualPayments | StripePayments]:
    """What speaks Stripe's API elsewhere does not know of payers who are not there."""
    key, elsewhere = settings.stripe_secret_key, settings.stripe_base_url
    if key is None:
        return {"manual": ManualPayments()}
    confirm_with = {} if elsewhere else OFF_SESSION
    stripe = StripePayments(key.get_secret_value(), elsewhere, confirm_with)
    return {"manual": ManualPayments(), "stripe": stripe}
