"""Two hundred calls at once against a budget for ten, on every level: ten are held, whoever asks."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from random import Random
from uuid import UUID, uuid4

import pytest

from bus import wiring
from bus.admission import Admission
from bus.decider import Decider
from bus.publisher import seal
from schemas.base import Command, TenantId
from schemas.billing.commands import AuthorizeCall, SettleCall
from schemas.billing.partner_budgets import SetPartnerBudget
from schemas.billing.wallets import SetPaymentMode, TopUpWallet
from schemas.envelope import Answer, Envelope
from schemas.execution.types import SourceRef
from schemas.tenancy.commands import SetSourceBudget
from tests.support.builders import (
    PARTNER_ID,
    SYSTEM,
    TENANT_ID,
    app_admin,
    new_user,
    partner_admin,
    provision_tenant,
)
from tests.support.harness import LIMITS, Harness, request
from tests.support.money import USAGE, authorize, authorized, call
from tests.support.story import accept, given_tenant, tenant_admin

HOLD = authorized().hold
TEN = 10 * HOLD
CALLS = 200
OTHERS = [TenantId(UUID(int=number)) for number in (51, 52, 53)]
WORKFLOW = SourceRef(kind="workflow", id=UUID(int=60))


def sealed(command: Command, tenant_id: TenantId) -> Envelope:
    return seal(command, tenant_id=tenant_id, partner_id=PARTNER_ID, actor=SYSTEM)


class Crowd:
    """Several processes deciding on one store, which hand each other nothing but what is stored."""

    def __init__(self, h: Harness, seed: int) -> None:
        print(f"crowd: seed {seed}")
        self.random = Random(seed)
        self.deciders = [
            Decider(h.store, wiring.HANDLERS, wiring.FACTS, h.clock, Admission(LIMITS)) for _ in range(3)
        ]

    def send(self, commands: Iterable[tuple[Command, TenantId]]) -> list[Answer]:
        waiting = [request(sealed(*one)) for one in commands]
        self.random.shuffle(waiting)
        answers: list[Answer] = []
        while waiting:
            size = self.random.randint(1, 40)
            batch, waiting = waiting[:size], waiting[size:]
            answers += self.random.choice(self.deciders).process(batch)
        return answers


def calls(tenants: list[TenantId], first: int = 0) -> list[tuple[AuthorizeCall, TenantId]]:
    asked = [(number, tenants[number % len(tenants)]) for number in range(first, first + CALLS)]
    return [(authorize(f"n{number}", tenant_id=tenant, source=WORKFLOW), tenant) for number, tenant in asked]


def outcomes(h: Harness) -> Counter[str]:
    events = [event for stream in h.streams("ledger") for event in h.events(stream)]
    return Counter(event.type_name.rpartition(".")[2] for event in events)


def given_level(h: Harness, level: str) -> list[TenantId]:
    """A budget for ten calls on this level; whose calls count for it."""
    given_tenant(h, monthly_budget=TEN if level == "tenant" else None)
    if level == "source":
        budget = SetSourceBudget(tenant_id=TENANT_ID, source=WORKFLOW, monthly_budget=TEN)
        accept(h.submit(budget, as_=tenant_admin()))
    elif level == "credit":
        accept(h.submit(SetPaymentMode(tenant_id=TENANT_ID, mode="prepaid"), as_=app_admin()))
        top_up = TopUpWallet(tenant_id=TENANT_ID, top_up_id=uuid4(), amount=TEN)
        accept(h.submit(top_up, as_=app_admin()))
    elif level == "partner":
        accept(h.submit(SetPartnerBudget(partner_id=PARTNER_ID, limit=TEN), as_=app_admin()))
        for number, tenant in enumerate(OTHERS):
            owner = new_user(user_id=UUID(int=900 + number), email=f"o{number}@example.com")
            command = provision_tenant(tenant_id=tenant, subdomain=f"other{number}", owner=owner)
            accept(h.submit(command.model_copy(update={"monthly_budget": None}), as_=partner_admin()))
            h.run()
        return [TENANT_ID, *OTHERS]
    return [TENANT_ID]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("level", ["source", "tenant", "partner", "credit"])
def test_exactly_ten_of_two_hundred_calls_are_held(level: str, seed: int) -> None:
    h = Harness()
    tenants = given_level(h, level)
    crowd = Crowd(h, seed)
    answers = crowd.send(calls(tenants))
    assert {answer.status for answer in answers} == {"accepted"}
    assert outcomes(h) == Counter(call_authorized=10, call_refused=CALLS - 10)


@pytest.mark.parametrize("level", ["source", "tenant", "partner", "credit"])
def test_what_is_settled_below_its_hold_makes_room_for_just_so_many_more(level: str) -> None:
    h = Harness()
    tenants = given_level(h, level)
    crowd = Crowd(h, seed=7)
    crowd.send(calls(tenants))
    held = {
        key: TenantId(UUID(stream[7:43])) for stream in h.streams("ledger") for key in h.state(stream).holds
    }
    nodes = {call(f"n{number}").key: f"n{number}" for number in range(CALLS)}
    crowd.send(
        (SettleCall(tenant_id=tenant, call=call(nodes[key]), usage=USAGE), tenant)
        for key, tenant in held.items()
    )
    price = Decimal("0.00585")
    room = int((TEN - 10 * price) // HOLD)
    before = outcomes(h)["call_authorized"]
    crowd.send(calls(tenants, first=CALLS))
    assert outcomes(h)["call_authorized"] - before == room == 5
