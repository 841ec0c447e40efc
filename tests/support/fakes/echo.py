"""The built-in tool `echo`, performed in memory."""

from bus.causation import Wanted
from schemas.envelope import Actor, Recorded
from schemas.execution.commands import CompleteStep
from schemas.execution.events import ToolRequested
from schemas.execution.types import BuiltinRequest


class EchoListener:
    actor = Actor(kind="system", id="effects-tools")

    def wants(self, recorded: Recorded) -> bool:
        return isinstance(recorded.event, ToolRequested)

    async def react(self, recorded: Recorded) -> Wanted:
        event = recorded.event
        assert isinstance(event, ToolRequested) and isinstance(event.request, BuiltinRequest)
        done = CompleteStep(
            execution_id=event.execution_id,
            node=event.node,
            attempt=event.attempt,
            output=event.request.arguments,
        )
        return [("tools.echo", [done])]
