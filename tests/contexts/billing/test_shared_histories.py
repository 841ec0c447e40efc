"""Two tenants of one partner, in advance and later, whatever is asked in whatever order: nothing leaks."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from bus import wiring
from bus.facts.reading import Facts
from bus.publisher import seal
from contexts.billing.facts import AuthorizationFacts
from contexts.billing.postings import of_wallet, signed
from contexts.billing.registry import REGISTRY
from contexts.kernel import Context, Rejection
from schemas.base import Command, Event, TenantId
from schemas.billing.commands import MarkCallUnknown, ReleaseCall, ResolveHold, SettleCall
from schemas.billing.corrections import ClosePeriod, EntryReversed, PostAdjustment, ReverseEntry
from schemas.billing.partner_budgets import PartnerBudgetSet
from schemas.billing.wallets import ExpireCredit, PaymentModeSet, TopUpWallet
from schemas.execution.chat import Usage
from schemas.execution.types import SourceRef
from tests.support.builders import NOW, PARTNER_ID, SYSTEM, TENANT_ID
from tests.support.money import authorize, call, pricing, token_counts
from tests.support.spec import handler_of

OTHER = TenantId(UUID(int=51))
SOURCES = [SourceRef(kind="workflow", id=UUID(int=60)), SourceRef(kind="agent", id=UUID(int=61)), None]
PARTNER = f"partner_budget-{PARTNER_ID}"
LIMIT = Decimal("0.06")
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Outcome:
    """What becomes of one of the calls that are open, or were written off."""

    number: int
    usage: Usage | None

    def of(self, store: "Store") -> SettleCall | ResolveHold | None:
        found = [
            (TenantId(UUID(name[7:43])), key)
            for name, state in store.states.items()
            if name.startswith("ledger-")
            for key in (*state.holds, *state.lost)
        ]
        if not found:
            return None
        tenant_id, key = found[self.number % len(found)]
        which = call(key.split(":")[1])
        if self.usage is None:
            return ResolveHold(tenant_id=tenant_id, call=which)
        return SettleCall(tenant_id=tenant_id, call=which, usage=self.usage)


few = settings(max_examples=30)
tenants = st.sampled_from([TENANT_ID, OTHER])
nodes = st.sampled_from("abcdefgh")
ids = st.integers(1, 3).map(lambda number: UUID(int=number))
amounts = st.integers(-30, 30).filter(bool).map(lambda n: Decimal(n) / 1_000)
who: dict[str, Any] = {"tenant_id": tenants, "call": nodes.map(call)}
authorizations = st.builds(
    lambda tenant, node, source: authorize(node, tenant_id=tenant, source=source),
    tenants,
    nodes,
    st.sampled_from(SOURCES),
)
outcomes = st.builds(Outcome, st.integers(0, 9), token_counts(4_000, 400) | st.none())
ends = st.one_of(
    st.builds(ReleaseCall, **who, reason=st.just("r"), usage=st.none()),
    st.builds(MarkCallUnknown, **who, reason=st.just("r")),
    st.builds(ResolveHold, **who),
)
top_ups = st.builds(
    TopUpWallet,
    tenant_id=st.just(TENANT_ID),
    top_up_id=ids,
    amount=st.integers(20, 90).map(lambda n: Decimal(n) / 1_000),
    expires_at=st.none() | st.integers(1, 900).map(lambda n: NOW + timedelta(seconds=n)),
)
corrections = st.one_of(
    st.builds(ExpireCredit, tenant_id=st.just(TENANT_ID)),
    st.builds(
        PostAdjustment,
        adjustment_id=ids,
        tenant_id=tenants,
        period=st.sampled_from(["2026-09", "2026-10"]),
        kind=st.just("correction"),
        reason=st.just("r"),
        price=amounts,
    ),
    st.builds(
        ReverseEntry,
        reversal_id=ids,
        tenant_id=tenants,
        period=st.just("2026-09"),
        version=st.integers(1, 6),
        reason=st.just("r"),
    ),
)
closings = st.builds(ClosePeriod, tenant_id=tenants, period=st.just("2026-09"))
MONTH_LATER = timedelta(days=20)
waits = st.integers(1, 400).map(lambda seconds: timedelta(seconds=seconds))
calls = st.tuples(waits, st.one_of(authorizations, authorizations, outcomes, ends, top_ups, corrections))
late = st.tuples(waits | st.just(MONTH_LATER), st.one_of(outcomes, outcomes, corrections, closings))
histories = st.builds(
    list.__add__, st.lists(calls, min_size=10, max_size=40), st.lists(late, min_size=3, max_size=20)
)


@dataclass
class Store:
    """Appends to every stream a decision names, once per claim, as the decider does."""

    states: dict[str, Any] = field(default_factory=dict)
    streams: dict[str, list[Event]] = field(default_factory=dict)
    owners: dict[tuple[str, str], str] = field(default_factory=dict)
    now: datetime = NOW

    def __call__(self, stream: str) -> Any:
        return self.states.get(stream)

    def event(self, stream: str, version: int) -> Event | None:
        events = self.streams.get(stream, [])
        return events[version - 1] if version <= len(events) else None

    def admission(self, max_runs: int | None) -> None:
        return None

    def send(self, command: Command, now: datetime) -> None:
        own = self(command.stream_id)
        try:
            events = handler_of(REGISTRY, command).decide(own, command, self.context(command, own, now))
        except Rejection:
            return
        claims = [claim for event in events for claim in event.claims()]
        if all(self.owners.setdefault(claim[:2], claim.owner) == claim.owner for claim in claims):
            self.append(command.stream_id, events)

    def context(self, command: Command, own: Any, now: datetime) -> Context:
        tenant_id = command.tenant_id  # type: ignore[attr-defined]
        envelope = seal(command, tenant_id=tenant_id, partner_id=PARTNER_ID, actor=SYSTEM)
        facts: Facts | None = wiring.FACTS.get(type(command))
        known = facts.build(command, own, envelope, self) if facts else None
        if isinstance(known, AuthorizationFacts):
            known = replace(known, pricing=pricing())
        return Context(now, SYSTEM, tenant_id, PARTNER_ID, known)

    def append(self, deciding: str, events: Iterable[Event]) -> None:
        for event in events:
            stream = event.stream_id(deciding)
            self.streams.setdefault(stream, []).append(event)
            self.states[stream] = evolve_of(stream)(self.states.get(stream), event)

    def ledgers(self) -> list[Any]:
        return [state for stream, state in self.states.items() if stream.startswith("ledger-")]


def evolve_of(stream: str) -> Any:
    name = stream.partition("-")[0]
    return next(h.aggregate.evolve for h in REGISTRY.handlers if h.aggregate.name == name)


Steps = list[tuple[timedelta, Command | Outcome]]


def told(steps: Steps, check: Any) -> Store:
    store, now = Store(), NOW
    store.append(PARTNER, [PartnerBudgetSet(partner_id=PARTNER_ID, limit=LIMIT)])
    store.append(f"wallet-{TENANT_ID}", [PaymentModeSet(tenant_id=TENANT_ID, mode="prepaid")])
    for wait, command in steps:
        now += wait
        wanted = command.of(store) if isinstance(command, Outcome) else command
        if wanted is not None:
            store.send(wanted, now)
        check(store)
    return store


@few
@given(steps=histories)
def test_credit_is_never_overdrawn_and_adds_up(steps: Steps) -> None:
    def check(store: Store) -> None:
        wallet = store(f"wallet-{TENANT_ID}")
        assert wallet.held >= 0 and wallet.available >= 0
        assert wallet.balance == sum((block.left for block in wallet.blocks), NOTHING)
        assert all(block.left > 0 for block in wallet.blocks)
        legs = [event for events in store.streams.values() for event in events if hasattr(event, "postings")]
        assert wallet.balance == -sum((of_wallet(TENANT_ID, event.postings) for event in legs), NOTHING)

    told(steps, check)


@few
@given(steps=histories)
def test_what_is_held_is_the_same_everywhere(steps: Steps) -> None:
    def check(store: Store) -> None:
        holds = [hold for ledger in store.ledgers() for hold in ledger.holds.values()]
        for name, stream in (("credit", f"wallet-{TENANT_ID}"), ("partner", PARTNER)):
            shared = sum((hold.amount for hold in holds if name in hold.reserved), NOTHING)
            state = store(stream)
            months = state.months.values() if name == "partner" else [state]
            assert shared == sum((month.held for month in months), NOTHING)
        for ledger in store.ledgers():
            of_sources = sum((use.held for use in ledger.uses.values()), NOTHING)
            assert of_sources == sum((h.amount for h in ledger.holds.values() if h.source), NOTHING)

    told(steps, check)


@few
@given(steps=histories)
def test_every_entry_adds_up_to_nothing(steps: Steps) -> None:
    store = told(steps, lambda store: None)
    for event in (event for events in store.streams.values() for event in events):
        assert not sum(map(signed, getattr(event, "postings", ())), NOTHING)


@few
@given(steps=histories)
def test_an_entry_is_reversed_once(steps: Steps) -> None:
    store = told(steps, lambda store: None)
    events = [event for events in store.streams.values() for event in events]
    refs = [event.ref for event in events if isinstance(event, EntryReversed)]
    assert len(refs) == len(set(refs))


@few
@given(steps=histories)
def test_a_closed_month_keeps_its_totals(steps: Steps) -> None:
    sealed: dict[str, tuple[Any, ...]] = {}

    def check(store: Store) -> None:
        for stream, ledger in store.states.items():
            if stream.startswith("ledger-") and ledger.closed:
                totals = (ledger.entries, ledger.posted, ledger.cost, ledger.commission)
                assert sealed.setdefault(stream, totals) == totals
                assert not ledger.holds

    told(steps, check)


@few
@given(steps=histories)
def test_the_partner_counts_what_its_tenants_are_charged(steps: Steps) -> None:
    store = told(steps, lambda store: None)
    for period, month in store(PARTNER).months.items():
        posted = [s.posted for name, s in store.states.items() if name.endswith(period)]
        assert month.posted == sum(posted, NOTHING)
