"""Random shapes of calls, agents, maps and subworkflows side by side: none spends beyond its ceiling.

One of them alone: `HB_SEED=17 pytest tests/scenarios/test_ceilings_hold.py`.
"""

import os
from decimal import Decimal
from random import Random

import pytest

from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.nodes import Node
from schemas.authoring.parts import RetryPolicy
from schemas.execution import events as e
from tests.support.builders import MODEL, llm, workflow
from tests.support.engine import Engine
from tests.support.llm_script import Behaviour
from tests.support.nodes import CHILD_ID, below, body, each, helper
from tests.support.story import LONG, RUN, ledger

SEEDS = [int(os.environ["HB_SEED"])] if "HB_SEED" in os.environ else range(40)
WORDS = 8
ONE_CALL = Decimal("0.0008")
"""About what a small call may cost here."""


def shape(random: Random, deep: bool) -> WorkflowDefinition:
    nodes = [node(random, f"n{number}", deep) for number in range(random.randint(1, 5))]
    pairs = [(a.id, b.id) for n, a in enumerate(nodes) for b in nodes[n + 1 :]]
    edges = [pair for pair in pairs if random.random() < 0.15]
    limit = amount(random) if random.random() < 0.3 else None
    return workflow(*nodes, edges=edges, max_cost=limit)


def amount(random: Random) -> Decimal:
    return round(ONE_CALL * Decimal(random.uniform(0.5, 9)), 12)


def node(random: Random, name: str, deep: bool) -> Node:
    match random.choice(("call", "call", "agent", "map", "below") if deep else ("call", "agent", "map")):
        case "agent":
            return helper(name, max_output_tokens=WORDS, max_rounds=3)
        case "map":
            inside = [call(random, f"{name}_{number}") for number in range(random.randint(1, 2))]
            if deep and random.random() < 0.4:
                inside.append(child(random, f"{name}_below"))
            items, failures = str(list(range(random.randint(0, 5)))), random.randint(0, 3)
            return each(
                name, items, body(*inside), max_concurrency=random.randint(1, 4), max_failures=failures
            )
        case "below":
            return child(random, name)
    return call(random, name)


def call(random: Random, name: str) -> Node:
    return llm(name, max_output_tokens=WORDS, retry=RetryPolicy(max_attempts=random.randint(1, 3)))


def child(random: Random, name: str) -> Node:
    return below(name, max_cost=amount(random) if random.random() < 0.7 else None)


def said(random: Random) -> Behaviour:
    if random.random() < 0.15:
        return Behaviour(status=random.choice((429, 401, 500)))
    if random.random() < 0.1:
        return Behaviour(tool_calls=(("lookup", "{}"),))
    text = " ".join("word" for _ in range(random.randint(1, WORDS)))
    cut = random.randint(1, 5) if random.random() < 0.1 else None
    return Behaviour(text=text, input_tokens=random.randint(1, 20), cut_after=cut)


def told(seed: int, disorder: bool) -> tuple[Engine, Decimal]:
    """The story up to its end. In order, not even what is held exceeds the ceiling at any moment."""
    random = Random(seed)
    engine = Engine(seed if disorder else None)
    definition, below_it = shape(random, True), shape(random, False)
    engine.chat.script(MODEL, *(said(random) for _ in range(300)))
    engine.chat.kill_next = 1 if random.random() < 0.2 else 0
    ceiling = amount(random) * random.choice((1, 2))
    engine.down.update({"policies-billing", "policies-execution"})
    engine.begin(definition, {CHILD_ID: below_it}, max_cost=ceiling)
    engine.down.clear()
    while engine.step():
        assert disorder or ledger(engine).posted + ledger(engine).held <= ceiling
    engine.advance(LONG)
    return engine, ceiling


@pytest.mark.parametrize("disorder", [False, True], ids=["in_order", "disorder"])
@pytest.mark.parametrize("seed", SEEDS)
def test_no_shape_spends_beyond_its_ceiling_and_each_comes_to_an_end(seed: int, disorder: bool) -> None:
    print(f"HB_SEED={seed} pytest tests/scenarios/test_ceilings_hold.py")
    engine, ceiling = told(seed, disorder)
    assert ledger(engine).posted <= ceiling
    assert engine.held == 0
    assert all(engine.state(run).ended for run in engine.streams("execution"))
    assert all(engine.state(run).spent <= engine.state(run).max_cost for run in limited(engine))


def limited(engine: Engine) -> list[str]:
    return [run for run in engine.streams("execution") if engine.state(run).max_cost is not None]


def refused(engine: Engine) -> bool:
    """A call, somewhere in it, that might have led beyond the ceiling."""
    failures = [step for run in engine.streams("execution") for step in engine.all(e.StepFailed, run)]
    return any(step.error.code == "execution.cost_ceiling" for step in failures)


def test_the_shapes_are_worth_telling() -> None:
    """Some have to wait for room, some are refused, some come through."""
    runs = [told(seed, False)[0] for seed in range(25)]
    assert sum(bool(run.all(e.StepPutOff)) for run in runs) >= 5
    assert sum(isinstance(run.end(), e.ExecutionSucceeded) for run in runs) >= 3
    assert sum(refused(run) for run in runs) >= 5
    assert sum(run.state(RUN).spent > 0 for run in runs) >= 15
