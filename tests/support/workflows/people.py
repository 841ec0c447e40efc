"""Those outside who answer what runs ask: they look at what is open, and act when nothing else happens."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from contexts.execution.state import Approving, Execution, Leaf, Waiting
from contexts.execution.tree import leaves
from schemas.access import Role
from schemas.base import TenantId
from schemas.envelope import Actor
from schemas.execution.commands import AnswerApproval, DeliverSignal
from tests.support.builders import PARTNER_ID
from tests.support.story import accept
from tests.support.workflows.acting import SUPPLIED
from tests.support.workflows.story import Decision
from tests.support.workflows.world import RUNS, TENANTS, World


def user(name: str, tenant_id: TenantId) -> Actor:
    return Actor(kind="user", id=name, role=Role.TENANT_ADMIN, tenant_id=tenant_id, partner_id=PARTNER_ID)


class People:
    def __init__(self, world: World) -> None:
        self.world = world
        self._asked: Counter[str] = Counter()
        self._decided: dict[tuple[str, int], Decision] = {}

    def early(self) -> None:
        """Events that come before anybody waits for them."""
        for name, when in self.world.story.signals.items():
            if when == "early":
                for key in RUNS:
                    self.signal(key, name)

    def act(self) -> bool:
        """Answers one thing that is open; whether there was one."""
        return any(self.meet(execution, key, leaf) for execution, key, leaf in open_steps(self.world))

    def meet(self, execution: Execution, key: str, leaf: Leaf) -> bool:
        match leaf:
            case Approving():
                return self.answer(execution, key, leaf)
            case Waiting(event=str(name)) if self.world.story.signals[name] == "late":
                self.signal(tenant_key(key), name)
                return True
        return False

    def answer(self, execution: Execution, key: str, asked: Approving) -> bool:
        decision, owner = self.decision(key, asked), "owner"
        if decision == "silence":
            return asked.purpose == "tool" and self.say(execution, key, "owner", False)
        if decision == "escalate" and asked.purpose == "approval":
            if "chief" not in asked.assignees:
                return False
            owner = "chief"
        return self.say(execution, key, owner, decision in ("approve", "escalate"), decision)

    def decision(self, key: str, asked: Approving) -> Decision:
        if (key, asked.attempt) not in self._decided:
            self._asked[key] += 1
            drawn = self.world.story.decision(key, self._asked[key], asked.purpose)
            self._decided[key, asked.attempt] = drawn
        return self._decided[key, asked.attempt]

    def say(
        self, execution: Execution, key: str, who: str, approved: bool, decision: Decision = "refuse"
    ) -> bool:
        data: dict[str, Any] = {"output": SUPPLIED + key} if decision == "supply" else {"key": key}
        path = key.removeprefix(execution.inputs["key"])
        answer = AnswerApproval(execution_id=execution.execution_id, node=path, approved=approved, data=data)
        accept(self.world.submit(answer, as_=user(who, TENANTS[tenant_key(key)])))
        return True

    def signal(self, key: str, name: str) -> None:
        if self.world.state(f"execution-{RUNS[key]}").ended:
            return
        signal = DeliverSignal(execution_id=RUNS[key], name=name, payload={"event": name})
        accept(self.world.submit(signal, as_=user("owner", TENANTS[key])))


def tenant_key(key: str) -> str:
    return key[:2]


def executions(world: World) -> list[Execution]:
    return [world.state(stream) for stream in world.streams("execution")]


def open_steps(world: World) -> Iterator[tuple[Execution, str, Leaf]]:
    """Of runs that go on, in order of their keys."""
    for execution in executions(world):
        if not execution.ended:
            for place, leaf in leaves(execution.steps):
                yield execution, f"{execution.inputs['key']}{place}", leaf
