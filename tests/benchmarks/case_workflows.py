"""A workflow of three durable steps that do nothing: what the engine itself costs."""

from uuid import uuid4

import psycopg_pool

from tests.benchmarks import peers
from tests.benchmarks.figures import Peer, pair
from tests.benchmarks.measure import Timing, timed
from tests.benchmarks.setting import Result, Setting
from tests.support.builders import noop, workflow

IN_FLIGHT = 64
CONNECTIONS = 16
DEFINITION = workflow(noop("a"), noop("b"), noop("c"), edges=[("a", "b"), ("b", "c")], output="done")
TABLE = """CREATE TABLE IF NOT EXISTS by_hand (run uuid, step int, at timestamptz DEFAULT now(),
PRIMARY KEY (run, step))"""


async def measure(setting: Setting) -> Result:
    client, tenancy = setting.platform.client, setting.tenancy
    published = await client.publish(DEFINITION, tenancy)
    ours = await timed(lambda: client.run(published, tenancy), IN_FLIGHT, setting.seconds)
    async with setting.resting():
        setting.say("checkpoints by hand")
        found = [Peer("by hand", await by_hand(setting), "one INSERT and commit per start, step and end")]
        if setting.with_peers:
            found += [await peers.dbos(setting), await peers.langgraph(setting)]
    shape = "start -> 3 noop steps, each scheduled and completed as events -> end, the two workers of `up`"
    figures = pair("workflows of 3 steps", shape, IN_FLIGHT, ours, found)
    return Result(figures, [peer for peer in found if not peer.timing])


async def by_hand(setting: Setting, rows: int = 5) -> Timing:
    """What a program without an engine would do."""
    url = await setting.database("by_hand")
    async with psycopg_pool.AsyncConnectionPool(
        url, min_size=CONNECTIONS, max_size=CONNECTIONS, kwargs={"autocommit": True}
    ) as pool:
        async with pool.connection() as conn:
            await conn.execute(TABLE)

        async def run() -> None:
            id_ = uuid4()
            for step in range(rows):
                async with pool.connection() as conn:
                    await conn.execute("INSERT INTO by_hand (run, step) VALUES (%s, %s)", (id_, step))

        return await timed(run, IN_FLIGHT, setting.seconds / 2)
