"""What must hold over all registries, because names and permissions are global."""

from collections import Counter

from contexts.authoring.registry import REGISTRY as AUTHORING
from contexts.billing.registry import REGISTRY as BILLING
from contexts.identity.registry import REGISTRY as IDENTITY
from contexts.kernel import Policy
from contexts.tenancy.registry import REGISTRY as TENANCY
from schemas.access import Permission
from schemas.registry import COMMANDS, EVENTS

REGISTRIES = (IDENTITY, TENANCY, AUTHORING, BILLING)
POLICIES: list[Policy] = [policy for registry in REGISTRIES for policy in registry.policies]

PAYMENTS = {
    *("SetPaymentMethod", "AttemptPayment", "LookAtPayment", "RecordReceipt", "CancelPayment"),
    "ReducePayment",
    *("WriteOffPayment", "RefundPayment", "SetDunningSchedule", "ExemptFromDunning", "EndDunningExemption"),
}
"""What people do about unpaid invoices. A retry of dunning, and paying now, are the same attempt."""


def test_every_command_of_a_context_is_handled_once() -> None:
    handled = Counter(h.command.type_name for registry in REGISTRIES for h in registry.handlers)
    contexts = tuple(f"{registry.context}." for registry in REGISTRIES)
    assert handled == Counter(name for name in COMMANDS if name.startswith(contexts))


def test_a_handler_belongs_to_the_aggregate_its_command_names() -> None:
    for registry in REGISTRIES:
        for handler in registry.handlers:
            named = f"{registry.context}.{handler.aggregate.name}."
            assert handler.command.type_name.startswith(named)
            assert handler.command.stream.startswith(f"{handler.aggregate.name}-")


def test_policies_have_names_of_their_own_that_say_where_they_live() -> None:
    assert len({policy.name for policy in POLICIES}) == len(POLICIES)
    for registry in REGISTRIES:
        for policy in registry.policies:
            assert policy.name == f"{registry.context}.{policy.react.__name__}"
            assert policy.event.type_name in EVENTS


INVOICING = {"SetIssuer", "SetTaxRate", "SetTaxProfile", "RetryInvoice", "CreditInvoice"}


def test_of_money_people_set_rates_and_terms_only() -> None:
    public = {h.command.__name__ for h in BILLING.handlers if h.permission != Permission.INTERNAL}
    assert public == {
        *("SetSystemRate", "WithdrawSystemRate", "SetPartnerTerms", "WithdrawPartnerTerms"),
        *("SetPartnerBudget", "SetPaymentMode", "TopUpWallet"),
        *("ReverseEntry", "PostAdjustment", "ClosePeriod"),
        *INVOICING,
        *PAYMENTS,
    }
