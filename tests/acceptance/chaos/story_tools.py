"""The tools of all stories, as a server: they say what they were given, are down for once, or refuse it.

`python -m tests.acceptance.chaos.story_tools`. `GET /_asked` tells how often each was asked for what.
"""

import asyncio
import json
import logging
from collections import Counter
from contextlib import suppress

from tests.acceptance.chaos.random_runs import story_at
from tests.support.tool_server import Asked, answer, tool_server

JSON = {"content_type": "application/json"}


class StoryTools:
    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()

    def reply(self, asked: Asked) -> bytes:
        if asked.method == "GET":
            return answer(200, json.dumps(self._asked).encode(), **JSON)
        key = json.loads(asked.body)["q"]
        use = f"{asked.target} {key}"
        self._asked[use] += 1
        if story_at(key).is_refused(key):
            return answer(422, b"as the story has it")
        if story_at(key).tool_is_down(key, self._asked[use]):
            return answer(503, retry_after="0.1")
        return answer(200, asked.body, **JSON)


async def main() -> None:
    async with tool_server() as server:
        tools = StoryTools()
        server.reply = tools.reply
        print(server.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    # A killed client is no news here.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
