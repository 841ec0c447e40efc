"""Days on which agents and workflows run. When and how much is drawn."""

from api.cli.demo.money.people import Made, Tenant, some_id
from api.cli.demo.money.stage import Stage
from schemas.execution.commands import StartExecution

SENTENCE = "The ship came in late and the papers were not in order. "
SHORTEST, LONGEST = 20, 250


async def work(stage: Stage, month: int, first: int, last: int, *tenants: Tenant) -> None:
    """Between two days, both included."""
    days = range(first, last + 1)
    for day in sorted(stage.dice.sample(days, min(stage.size.days, len(days)))):
        for hour, tenant in enumerate(tenants or stage.cast.tenants, start=10):
            await stage.until(month, day, hour)
            await run_some(stage, tenant)


async def run_some(stage: Stage, tenant: Tenant) -> None:
    """The agent is always among them: its calls are dear enough for an invoice."""
    others = [stage.dice.choice((tenant.agent, tenant.workflow)) for _ in range(stage.size.runs - 1)]
    made = [tenant.agent, *others]
    await stage.done(*(start(stage, one) for one in made), by=tenant.owner)


def start(stage: Stage, made: Made) -> StartExecution:
    message = SENTENCE * stage.dice.randint(SHORTEST, LONGEST)
    return StartExecution(
        execution_id=some_id(stage.dice),
        source_kind="agent" if made.kind == "agent" else "workflow",
        source_id=made.id,
        inputs={"message": message},
    )
