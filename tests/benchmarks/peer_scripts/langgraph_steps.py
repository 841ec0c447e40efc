"""Three no-op nodes on LangGraph, a Postgres checkpoint after each, written before the next begins."""

import asyncio
import json
import sys
from typing import TypedDict
from uuid import uuid4

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.graph import END, START, StateGraph
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from tests.benchmarks.measure import timed

IN_FLIGHT = 64
CONNECTION = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}


class State(TypedDict):
    value: str


async def noop(state: State) -> State:
    return state


def three_steps(saver: AsyncPostgresSaver):
    graph = StateGraph(State)
    for name in "abc":
        graph.add_node(name, noop)
    for source, target in ((START, "a"), ("a", "b"), ("b", "c"), ("c", END)):
        graph.add_edge(source, target)
    return graph.compile(checkpointer=saver)


async def main(url: str, seconds: float) -> None:
    async with AsyncConnectionPool(url, min_size=4, max_size=20, kwargs=CONNECTION) as pool:
        saver = AsyncPostgresSaver(pool)
        await saver.setup()
        app = three_steps(saver)

        async def run() -> object:
            thread = {"configurable": {"thread_id": str(uuid4())}}
            return await app.ainvoke({"value": "x"}, thread, durability="sync")

        timing = await timed(run, IN_FLIGHT, seconds)
    print(json.dumps(timing.as_dict()))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
