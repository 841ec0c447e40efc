"""How long a request may take: to say what it wants, to be answered, to take the answer."""

import asyncio
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ApiProblem, respond

CLOSE = {"Connection": "close"}
"""Who is too slow to send is not waited for any longer: what it still sends would be the next request."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """`body`: until all of it is here. `answer`: until it begins; then each piece of it has `taking`.

    A stream may last as long as somebody listens.
    """

    body: float = 20.0
    answer: float = 30.0
    taking: float = 30.0


class Deadlines:
    def __init__(self, app: ASGIApp, seconds: Seconds) -> None:
        self.app = app
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False
        try:
            async with asyncio.timeout(self.seconds.answer) as limit:

                async def taken(message: Message) -> None:
                    nonlocal begun
                    begun = True
                    limit.reschedule(asyncio.get_running_loop().time() + self.seconds.taking)
                    await send(message)
                    limit.reschedule(None)

                await self.app(scope, Body(receive, self.seconds.body), taken)
        except TimeoutError:
            if begun or not limit.expired():
                raise
            await respond(unanswered(), scope)(scope, receive, send)


class Body:
    """Counts from the first time it is asked for. What comes after the body is no matter of time."""

    def __init__(self, receive: Receive, seconds: float) -> None:
        self._receive, self._seconds = receive, seconds
        self._until: float | None = None
        self._complete = False

    async def __call__(self) -> Message:
        if self._complete:
            return await self._receive()
        if self._until is None:
            self._until = asyncio.get_running_loop().time() + self._seconds
        try:
            async with asyncio.timeout_at(self._until) as limit:
                message = await self._receive()
        except TimeoutError as error:
            if limit.expired():
                raise too_slow(self._seconds) from error
            raise
        self._complete = not message.get("more_body", False)
        return message


def too_slow(seconds: float) -> ApiProblem:
    detail = f"A request body must be here within {seconds:g} seconds."
    return ApiProblem(408, "request.too_slow", detail, headers=CLOSE)


def unanswered() -> ApiProblem:
    detail = "The request took too long and was given up. It may have been done: repeat it under its key."
    return ApiProblem(503, "service.too_slow", detail, headers={"Retry-After": "1"})
