"""What each kind of process may publish and hear: the least it needs. NATS enforces it.

The edge and what runs effects talk to the outside, so neither can make an event: only the relay publishes
what Postgres holds.
"""

from collections.abc import Collection, Iterable

from bus import subjects
from bus.streams import COMMANDS, DEAD_LETTERS, EVENTS, LEDGER, LIVE, REACTIONS, REDO
from infra.embedded.nats_users import ADMIN, EVERYTHING, Permissions

API, DECIDE, REACT, WORKER, AUDITOR = "api", "worker-decide", "worker-react", "worker", "auditor"

DECIDING = frozenset({"commands", "relay"})
"""The roles of a process that may connect as `worker-decide`."""

JETSTREAM = "$JS.API"
ASKERS = (API, DECIDE, REACT, WORKER, ADMIN)
"""Who gives commands, and so is answered."""


def on(stream: str, *verbs: str) -> tuple[str, ...]:
    return tuple(f"{JETSTREAM}.{verb}".format(stream) for verb in verbs)


def consuming(*streams: str) -> tuple[str, ...]:
    """Makes its own consumers and takes from them."""
    verbs = (
        *("CONSUMER.CREATE.{}", "CONSUMER.CREATE.{}.>", "CONSUMER.DURABLE.CREATE.{}.*"),
        *("CONSUMER.INFO.{}.*", "CONSUMER.MSG.NEXT.{}.*"),
    )
    return tuple(subject for stream in streams for subject in on(stream, *verbs))


def inboxes(users: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{subjects.inbox(user)}.>" for user in users)


KEEPING = (
    *on("*", "STREAM.INFO.{}", "STREAM.CREATE.{}", "STREAM.UPDATE.{}", "CONSUMER.LIST.{}"),
    *("$JS.ACK.>", "$JS.FC.>"),
)
"""Workers make streams anew that NATS has lost. None of them deletes one."""

DECIDES = (
    *(subjects.EVENTS, subjects.REACTIONS, subjects.DEAD_LETTERS, subjects.COMMITTED, *inboxes(ASKERS)),
    *(*KEEPING, *consuming(COMMANDS, REACTIONS, EVENTS), *on(EVENTS, "STREAM.MSG.GET.{}")),
    *on(COMMANDS, "STREAM.PURGE.{}"),
)
REACTS = (
    *(subjects.REACTIONS, subjects.LIVE, subjects.DEAD_LETTERS, subjects.LEDGER_ENTRIES),
    *(*KEEPING, *consuming(EVENTS, REDO), *on(DEAD_LETTERS, "STREAM.PURGE.{}")),
)

USERS: dict[str, Permissions] = {
    # Follows single runs: their events as signs, their text as it comes.
    API: Permissions(
        (
            *(subjects.COMMANDS, *on(COMMANDS, "STREAM.INFO.{}")),
            *(*on(LIVE, "CONSUMER.CREATE.{}", "CONSUMER.CREATE.{}.>"), "$JS.FC.LIVE.>"),
        ),
        (*inboxes([API]), subjects.EVENTS_OF_RUNS),
    ),
    DECIDE: Permissions(DECIDES, (*inboxes([DECIDE]), subjects.COMMITTED)),
    REACT: Permissions(REACTS, (*inboxes([REACT]), subjects.EVENTS)),
    # One process with all roles.
    WORKER: Permissions(
        tuple(dict.fromkeys(DECIDES + REACTS)), (*inboxes([WORKER]), subjects.COMMITTED, subjects.EVENTS)
    ),
    # Reads the sealed ledger, whole.
    AUDITOR: Permissions((*on(LEDGER, "STREAM.INFO.{}"), *consuming(LEDGER), "$JS.FC.>"), inboxes([AUDITOR])),
    ADMIN: EVERYTHING,
}


def worker(roles: Collection[str]) -> str:
    """The least of the workers' users that may do all of these."""
    if DECIDING.issuperset(roles):
        return DECIDE
    return REACT if DECIDING.isdisjoint(roles) else WORKER
