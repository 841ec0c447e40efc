"""An outage is waited out; anything else is a defect, and defects become dead letters after a few tries."""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Patience:
    """How often a message is tried before it becomes a dead letter, and how long in between.

    `ack_wait`: after so long without a sign of life a message is given to another worker.
    """

    tries: int = 5
    pauses: tuple[float, ...] = (0.2, 1.0, 5.0, 15.0)
    ack_wait: float = 30.0

    def pause(self, tries: int) -> float:
        return self.pauses[min(tries, len(self.pauses)) - 1]

    def ends(self, tries: int, error: BaseException) -> bool:
        return tries >= self.tries and not is_outage(error)


PATIENT = Patience()


def is_outage(error: BaseException) -> bool:
    return isinstance(error, OUTAGES)


def pause_after(tries: int) -> float:
    return PATIENT.pause(tries)
