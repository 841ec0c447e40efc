"""The only place that builds a subject: kind, context, aggregate, verb or fact, tenant, stream."""

from typing import NamedTuple

from schemas.base import TenantId

COMMANDS = "cmd.>"
REACTIONS = "rct.>"
EVENTS = "evt.>"
LIVE = "live.>"
EVENTS_OF_RUNS = "evt.execution.*.*.*.*"
DEAD_LETTERS = "dlq.>"
REDO = "redo.>"
LEDGER_ENTRIES = "ldg.entries"
"""Sealed entries, whole: for the platform and its auditors."""

NOBODY = "_"
"""In a tenant's place, where a subject must have something."""

COMMITTED = "hb.committed"
"""A light signal to the relay: something was appended."""


def command(type_name: str, tenant_id: TenantId, stream: str) -> str:
    return f"cmd.{type_name}.{tenant_id}.{stream}"


def reaction(type_name: str, tenant_id: TenantId, stream: str) -> str:
    """A command of our own, caused by an event or a timer."""
    return f"rct.{type_name}.{tenant_id}.{stream}"


def event(type_name: str, tenant_id: TenantId, stream: str) -> str:
    """The stream comes last, so that one run can be followed without hearing its tenant's others."""
    return f"evt.{type_name}.{tenant_id}.{stream}"


def events_of_type(type_name: str) -> str:
    return f"evt.{type_name}.*.*"


def events_of_run(tenant_id: TenantId, stream: str) -> str:
    return f"evt.execution.*.*.{tenant_id}.{stream}"


def live(tenant_id: TenantId, stream: str) -> str:
    return f"live.{tenant_id}.{stream}"


def tenant_of(subject: str) -> str:
    """Whose a command or an event is; empty where the subject does not say."""
    return "".join(subject.split(".")[4:5])


class Lane(NamedTuple):
    """Clients' commands and reactions of one tenant take turns too."""

    kind: str
    tenant: str


def lane(subject: str) -> Lane:
    return Lane(subject.partition(".")[0], tenant_of(subject))


def inbox(user: str) -> str:
    """Where only this user hears: answers to one kind of process are not for another."""
    return f"_INBOX_{user}"


def dead_letter(consumer: str, subject: str) -> str:
    """Of a message on `subject`, by whose it is: that of a tenant may have to go."""
    return f"dlq.{consumer}.{owner_of(subject)}"


def dead_letters_of(tenant_id: TenantId) -> str:
    return f"dlq.*.{tenant_id}"


def redo(consumer: str, owner: str = "*") -> str:
    return f"redo.{consumer}.{owner}"


def owner_of(subject: str) -> str:
    """The tenant, also of what is done again."""
    tenant = subject.rpartition(".")[2] if subject.startswith("redo.") else tenant_of(subject)
    return tenant or NOBODY
