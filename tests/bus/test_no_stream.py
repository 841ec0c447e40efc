from contextlib import suppress
from uuid import uuid4

import pytest
from nats.js.errors import NotFoundError

from bus.broker import connected
from bus.posting import BusUnavailable
from bus.publisher import Submitter, seal
from bus.streams import COMMANDS
from schemas.authoring.commands import PublishWorkflow
from schemas.base import PLATFORM
from schemas.envelope import Actor


async def test_a_command_no_stream_takes_is_refused(nats_url: str) -> None:
    """A server whose data was wiped answers the publication, with nothing."""
    command = PublishWorkflow(workflow_id=uuid4())
    envelope = seal(command, tenant_id=PLATFORM, partner_id=None, actor=Actor(kind="operator", id="t"))
    async with connected(nats_url, "test") as bus:
        with suppress(NotFoundError):
            await bus.js.delete_stream(COMMANDS)
        submitter = Submitter(bus.nc)
        await submitter.start()
        with pytest.raises(BusUnavailable):
            await submitter.submit(envelope, command.stream_id, 0.2)
