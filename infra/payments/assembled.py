"""The payment providers this platform is set up for."""

from infra.payments.manual import ManualPayments
from infra.payments.stripe import StripePayments
from infra.settings import Settings
from schemas.billing.payment_accounts import ProviderName


def payment_providers(settings: Settings) -> dict[ProviderName, ManualPayments | StripePayments]:
    key = settings.stripe_secret_key
    if key is None:
        return {"manual": ManualPayments()}
    return {
        "manual": ManualPayments(),
        "stripe": StripePayments(key.get_secret_value(), settings.stripe_base_url),
    }
