"""Answers without end go on as long as whoever follows them would still be let in."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request

from api.deps import CurrentActor, Parts, access_token, api_key, demand_true
from api.errors import ApiProblem, body_of, unauthenticated
from api.keys import actor_of_key
from api.parts import Deps
from api.standing_gate import demand_good_standing
from infra.crypto.tokens import Verified
from schemas.envelope import Actor

Piece = TypeVar("Piece", str, bytes)


@dataclass(frozen=True, slots=True)
class Follower:
    """`said` by an access token, which may run out meanwhile; who came with a key has it looked up again."""

    request: Request
    parts: Deps
    actor: Actor
    said: Verified | None
    key: str

    async def told(
        self, pieces: AsyncGenerator[Piece, None], last: Callable[[dict[str, Any]], Piece]
    ) -> AsyncIterator[Piece]:
        """Looks again now and then before it tells the next one. Of an empty piece nothing is told.

        `last` makes the end of the problem there is, as errors tell of it.
        """
        look_at = time.monotonic() + self.parts.limits.look_again_seconds
        async with aclosing(pieces):
            try:
                async for piece in pieces:
                    if time.monotonic() >= look_at:
                        await self._demand_access()
                        look_at = time.monotonic() + self.parts.limits.look_again_seconds
                    if piece:
                        yield piece
            except ApiProblem as problem:
                yield last(body_of(problem, self.request.state.request_id))

    async def _demand_access(self) -> None:
        if self.said is not None:
            await demand_true(self.parts, self.said)
        elif await actor_of_key(self.parts, self.request, self.key) != self.actor:
            raise unauthenticated("auth.stale_key", "What this key may has changed. Ask again.")
        await demand_good_standing(self.request, self.parts, self.actor)


async def follower(
    request: Request,
    parts: Parts,
    actor: CurrentActor,
    token: Annotated[str | None, Depends(access_token)],
    key: Annotated[str | None, Depends(api_key)],
) -> Follower:
    said = getattr(request.state, "said", None)
    return Follower(request, parts, actor, said, token or key or "")


Following = Annotated[Follower, Depends(follower)]
