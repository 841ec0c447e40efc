"""A partner as the issuer of documents. A number is taken with its document or not at all: no gaps."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from contexts.kernel import Aggregate, Context
from schemas.billing.issuers import Branding, IssuerSet, NumberTaken, OpenIssuer, Series, SetIssuer

IssuerEvent = IssuerSet | NumberTaken

FIRST_PREFIX = "INV"
MARK: Mapping[Series, str] = {"invoice": "", "credit_note": "CN-"}


@dataclass(frozen=True)
class Issuer:
    """`taken`: how many numbers of each series."""

    prefix: str
    branding: Branding
    taken: Mapping[Series, int] = field(default_factory=dict)


def open_issuer(state: Issuer | None, command: OpenIssuer, ctx: Context) -> list[IssuerSet]:
    if state is not None:
        return []
    branding = Branding(name=command.name)
    return [IssuerSet(partner_id=command.partner_id, prefix=FIRST_PREFIX, branding=branding)]


def set_issuer(state: Issuer | None, command: SetIssuer, ctx: Context) -> list[IssuerSet]:
    """Documents issued before keep what they carry; the count goes on under another prefix."""
    if state and (state.prefix, state.branding) == (command.prefix, command.branding):
        return []
    return [IssuerSet(**dict(command))]


def next_number(issuer: Issuer, series: Series) -> tuple[int, str]:
    sequence = issuer.taken.get(series, 0) + 1
    return sequence, f"{issuer.prefix}-{MARK[series]}{sequence:06d}"


def evolve(state: Issuer | None, event: IssuerEvent) -> Issuer:
    if isinstance(event, IssuerSet):
        taken = state.taken if state else {}
        return Issuer(event.prefix, event.branding, taken)
    assert state is not None, "a number is taken of an issuer that exists"
    return replace(state, taken={**state.taken, event.series: event.sequence})


ISSUER = Aggregate("issuer", Issuer, evolve)
