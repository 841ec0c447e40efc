"""A call's hold and its settlement: two commands, two events, durable before the call and after it."""

import itertools
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from uuid import uuid4

from bus.publisher import seal
from infra.embedded.backends import WORKERS
from schemas.base import Command
from schemas.billing.commands import AuthorizeCall, SettleCall
from schemas.billing.events import CallSettled
from schemas.envelope import Actor
from schemas.execution.chat import Usage
from schemas.execution.types import CallRef
from tests.benchmarks.figures import Figure, Reference
from tests.benchmarks.measure import REPETITIONS, Spread, alone_ms, rate
from tests.benchmarks.raw import Raw, like_stored
from tests.benchmarks.setting import Result, Setting
from tests.benchmarks.stage import Stage
from tests.support.client import Tenancy, accepted

IN_FLIGHT, TENANTS = 64, 100
MODEL = "openai/bench"
BILLING = Actor(kind="system", id="bench")
USAGE = Usage(input=400, output=60)
MOST_MS = Reference("wanted", Spread.once(15.0), "the most it may add to a call")
HOT, SPREAD = (Reference("wanted", Spread.once(per_second)) for per_second in (800.0, 1_500.0))
PROCESSES = (WORKERS["worker-decide"], "policies,projections,timers,scheduler")
"""No effects: the calls held here are made by nobody."""

SHAPE = "AuthorizeCall -> hold committed -> SettleCall -> entry committed"


async def measure(stage: Stage) -> Result:
    async with stage.platform(PROCESSES) as setting:
        client = setting.platform.client
        await client.set_rate(MODEL)
        stage.say(f"{TENANTS} tenants come")
        tenancies = [await client.provision(f"payer-{number}") for number in range(TENANTS)]
        stage.say("one pair after the other")
        alone = await repeated(lambda: alone_ms(lambda: pair(setting, setting.tenancy), setting.seconds))
        stage.say("one tenant")
        hot = await rates(setting, [setting.tenancy])
        stage.say(f"{TENANTS} tenants")
        spread = await rates(setting, tenancies)
        await setting.catch_up()
        stage.say("the same rows straight into Postgres")
        raw = await by_hand(setting)
    return Result(
        [
            Figure("hold and settle, alone", "ms", alone, SHAPE, (MOST_MS,)),
            Figure(f"pairs/s, one tenant, {IN_FLIGHT} in flight", "/s", hot, SHAPE, (HOT, raw)),
            Figure(f"pairs/s, {TENANTS} tenants, {IN_FLIGHT} in flight", "/s", spread, SHAPE, (SPREAD, raw)),
        ]
    )


async def pair(setting: Setting, tenancy: Tenancy) -> None:
    """Both are sent as policies and effects send them: again until they are answered."""
    call = CallRef(execution_id=uuid4(), node="answer", attempt=1, requested_at=datetime.now(UTC))
    hold = AuthorizeCall(
        tenant_id=tenancy.tenant_id,
        call=call,
        model=MODEL,
        max_input_tokens=1_000,
        max_output_tokens=256,
        timeout_seconds=60,
        request_ref=f"execution-{call.execution_id}@2",
    )
    await tell(setting, hold, tenancy)
    await tell(setting, SettleCall(tenant_id=tenancy.tenant_id, call=call, usage=USAGE), tenancy)


async def tell(setting: Setting, command: Command, tenancy: Tenancy) -> None:
    envelope = seal(command, **vars(tenancy), actor=BILLING)
    accepted(await setting.platform.client.submitter.tell(envelope, command.stream_id, 10, 1))


async def rates(setting: Setting, tenancies: Sequence[Tenancy]) -> Spread:
    turns = itertools.cycle(tenancies)
    return await repeated(lambda: rate(lambda: pair(setting, next(turns)), IN_FLIGHT, setting.seconds))


async def repeated(measured: Callable[[], Awaitable[float]]) -> Spread:
    return Spread.of([await measured() for _ in range(REPETITIONS)])


async def by_hand(setting: Setting) -> Reference:
    """Two transactions' worth of rows to a pair, as many to a transaction as pairs are in flight."""
    url = setting.platform.database_url
    raw = Raw(url)
    try:
        rows = like_stored(url, CallSettled.type_name, IN_FLIGHT)
        found = (await raw.timed(rows, IN_FLIGHT, setting.seconds / 2)).rate
    finally:
        raw.close()
    return Reference("raw Postgres", Spread(*(value / 2 for value in vars(found).values())), "the same rows")
