"""The sealed ledger as NATS has it."""

from collections.abc import AsyncIterator

from nats.errors import TimeoutError as NothingCame
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from bus import subjects
from bus.streams import LEDGER
from infra.audit.lines import Line, loaded

BATCH = 256
WAIT_SECONDS = 5.0
FORGOTTEN_SECONDS = 60.0


async def from_stream(js: JetStreamContext, first: int, upto: int) -> AsyncIterator[Line]:
    """Entries `first` to `upto`, without it, or up to where the stream ends."""
    config = ConsumerConfig(
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=first + 1,
        ack_policy=AckPolicy.NONE,
        inactive_threshold=FORGOTTEN_SECONDS,
    )
    subscription = await js.pull_subscribe(subjects.LEDGER_ENTRIES, stream=LEDGER, config=config)
    try:
        while first < upto:
            for message in await subscription.fetch(min(BATCH, upto - first), timeout=WAIT_SECONDS):
                yield loaded(message.data)
                first += 1
    except NothingCame:
        return
    finally:
        await subscription.unsubscribe()
