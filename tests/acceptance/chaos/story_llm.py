"""The scripted model server, telling stories: `python -m tests.acceptance.chaos.story_llm --port N`."""

import argparse
import asyncio
import logging
from collections import Counter
from contextlib import suppress
from typing import Any

from tests.acceptance.chaos.random_runs import KEY, story_at
from tests.support.llm_script import Behaviour
from tests.support.scripted_llm import ScriptedLlm, scripted_llm_server
from tests.support.workflows.story import Reply

DELAY_MS = 20
ERRORS = {
    "rate_limited": Behaviour(status=429, retry_after="0.1"),
    "overloaded": Behaviour(status=500),
    "unauthorized": Behaviour(status=401),
    "stream_cut": Behaviour(cut_after=1),
}


class StoryLlm(ScriptedLlm):
    def __init__(self) -> None:
        super().__init__()
        self._asked: Counter[str] = Counter()

    def behaviour_of(self, request: dict[str, Any]) -> Behaviour:
        key = next(message["content"] for message in request["messages"] if message["role"] == "user")
        self._asked[key] += 1
        if not KEY.match(key):
            return super().behaviour_of(request)
        turn = 1 + sum(message["role"] == "assistant" for message in request["messages"])
        return behaviour(story_at(key).reply(key, self._asked[key], turn))


def behaviour(reply: Reply) -> Behaviour:
    said = ERRORS[reply.error] if reply.error else Behaviour(text=reply.text, tool_calls=reply.tools)
    return said.model_copy(update={"delay_ms": DELAY_MS})


async def main(port: int) -> None:
    async with scripted_llm_server(port, StoryLlm()) as llm:
        print(llm.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    # A killed client is no news here.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    with suppress(KeyboardInterrupt):
        asyncio.run(main(parser.parse_args().port))
