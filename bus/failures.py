"""An outage is waited out; anything else is a defect, and defects become dead letters after a few tries."""

import psycopg
from eventsourcing.persistence import InterfaceError, OperationalError
from nats.errors import Error as NatsError

OUTAGES = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    OperationalError,
    InterfaceError,
    NatsError,
    TimeoutError,
    ConnectionError,
)

PAUSES_SECONDS = (0.2, 1.0, 5.0, 15.0)


def is_outage(error: BaseException) -> bool:
    return isinstance(error, OUTAGES)


def pause_after(deliveries: int) -> float:
    return PAUSES_SECONDS[min(deliveries, len(PAUSES_SECONDS)) - 1]
