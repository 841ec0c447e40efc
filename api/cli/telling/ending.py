"""How a story went. The last line is printed when everything has been stopped."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from api.cli.look import complain, out
from api.cli.telling.errors import StoryFailed
from infra.embedded.supervisor import until_signal
from infra.errors import SetupError

LIMIT_SECONDS = 240


class Ending:
    def __init__(self) -> None:
        self.outcome: object | None = None
        self.reason = "it was interrupted"

    async def of(self, story: Coroutine[Any, Any, object]) -> None:
        try:
            async with asyncio.timeout(LIMIT_SECONDS):
                self.outcome = await story
        except TimeoutError:
            self.reason = f"it took longer than {LIMIT_SECONDS} s"
        except StoryFailed as error:
            self.reason = str(error)


def told(title: str, story: Coroutine[Any, Any, object]) -> int:
    """The exit code. The last line is the story's outcome, or `title` FAILED and why."""
    ending = Ending()
    try:
        asyncio.run(until_signal(ending.of(story)))
    except SetupError as error:
        complain(error.message, error.fix)
        ending.reason = error.message.splitlines()[0]
    out.print()
    if ending.outcome is None:
        out.print(f"[bad]{title} FAILED[/] {ending.reason}", markup=True, soft_wrap=True)
        return 1
    out.print(str(ending.outcome), style="good", soft_wrap=True)
    return 0
