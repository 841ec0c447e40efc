"""Whatever is asked of a ledger, in whatever order: these things stay true."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from contexts.billing.facts import AuthorizationFacts, Limits
from contexts.billing.ledger import LEDGER, Ledger
from contexts.billing.registry import REGISTRY
from contexts.kernel import Context, Rejection
from schemas.base import Command, Event
from schemas.billing.commands import MarkCallUnknown, ReleaseCall, ResolveHold, SettleCall
from schemas.billing.events import CallReleased, CallSettled, CallWrittenOff
from schemas.billing.types import Pricing
from tests.support.builders import NOW, PARTNER_ID, SYSTEM, TENANT_ID
from tests.support.money import authorize, call, pricings, token_counts
from tests.support.spec import handler_of

ENDS = (CallSettled, CallReleased, CallWrittenOff)
STATES = TypeAdapter(Ledger)

keys = st.sampled_from("abcd")
commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(authorize, keys),
    st.builds(
        lambda key, usage: SettleCall(tenant_id=TENANT_ID, call=call(key), usage=usage),
        keys,
        token_counts(2_000, 200),
    ),
    st.builds(lambda key: ReleaseCall(tenant_id=TENANT_ID, call=call(key), reason="r", usage=None), keys),
    st.builds(lambda key: MarkCallUnknown(tenant_id=TENANT_ID, call=call(key), reason="r"), keys),
    st.builds(lambda key: ResolveHold(tenant_id=TENANT_ID, call=call(key)), keys),
)
waits = st.integers(1, 400).map(lambda seconds: timedelta(seconds=seconds))
histories = st.lists(st.tuples(waits, commands), max_size=40)
budgets = st.none() | st.integers(0, 40).map(lambda n: Decimal(n) / 1_000)


@dataclass
class Store:
    """Appends as the real one does: a name claimed by one owner is refused to another."""

    pricing: Pricing
    budget: Decimal | None
    state: Ledger = field(default_factory=Ledger)
    events: list[Event] = field(default_factory=list)
    owners: dict[tuple[str, str], str] = field(default_factory=dict)

    def run(self, steps: list[tuple[timedelta, Command]], check: Callable[[], None]) -> None:
        now = NOW
        for wait, command in steps:
            now += wait
            facts = AuthorizationFacts(self.pricing, Limits(tenant=self.budget))
            self.append(self.decide(command, Context(now, SYSTEM, TENANT_ID, PARTNER_ID, facts)))
            check()

    def decide(self, command: Command, ctx: Context) -> list[Event]:
        try:
            return list(handler_of(REGISTRY, command).decide(self.state, command, ctx))
        except Rejection:
            return []

    def append(self, events: list[Event]) -> None:
        for event in events:
            if all(self.owners.setdefault(c[:2], c.owner) == c.owner for c in event.claims()):
                self.events.append(event)
                self.state = LEDGER.evolve(self.state, event)


@given(steps=histories, prices=pricings, budget=budgets)
def test_held_is_the_sum_of_the_open_holds(
    steps: list[tuple[timedelta, Command]], prices: Pricing, budget: Decimal | None
) -> None:
    store = Store(prices, budget)
    store.run(steps, lambda: check_held(store.state))


def check_held(state: Ledger) -> None:
    assert state.held == sum((hold.amount for hold in state.holds.values()), Decimal(0))


@given(steps=histories, prices=pricings, budget=budgets)
def test_posted_is_the_sum_of_the_settled_prices(
    steps: list[tuple[timedelta, Command]], prices: Pricing, budget: Decimal | None
) -> None:
    store = Store(prices, budget)
    store.run(steps, lambda: check_posted(store))


def check_posted(store: Store) -> None:
    prices = (event.price for event in store.events if isinstance(event, CallSettled))
    assert store.state.posted == sum(prices, Decimal(0))


@given(steps=histories, prices=pricings, budget=budgets.filter(bool))
def test_posted_and_held_never_pass_the_budget(
    steps: list[tuple[timedelta, Command]], prices: Pricing, budget: Decimal
) -> None:
    store = Store(prices, budget)
    store.run(steps, lambda: check_budget(store.state, budget))


def check_budget(state: Ledger, budget: Decimal) -> None:
    assert state.posted + state.held <= budget


@given(steps=histories, prices=pricings)
def test_a_call_ends_once(steps: list[tuple[timedelta, Command]], prices: Pricing) -> None:
    store = Store(prices, None)
    store.run(steps, lambda: None)
    ends = Counter(event.call.key for event in store.events if isinstance(event, ENDS))
    assert all(count == 1 for count in ends.values())
    assert not ends.keys() & store.state.holds.keys()


@given(steps=histories, prices=pricings)
def test_a_snapshot_is_the_state(steps: list[tuple[timedelta, Command]], prices: Pricing) -> None:
    store = Store(prices, None)
    store.run(steps, lambda: None)
    assert STATES.validate_json(STATES.dump_json(store.state)) == store.state
