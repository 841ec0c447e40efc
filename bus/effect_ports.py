"""What effects reach the outside by, put together."""

import time
from functools import partial

from bus import dead_letters
from bus.content_table import TenantContent
from bus.farewells import ProjectedFarewells
from bus.live import DeltaSink
from bus.month_table import ProjectedMonths
from bus.open_runs import ProjectedRuns
from bus.parts import Parts, now
from bus.place_table import ProjectedInvited, ProjectedPlaces
from bus.requests import StoredRequests
from contexts.billing.ports import BillingPorts
from contexts.execution.ports import ExecutionPorts
from contexts.identity.ports import IdentityPorts
from contexts.notifications.ports import NotificationPorts
from contexts.tenancy.ports import TenancyPorts
from infra.crypto.master_key import master_key
from infra.crypto.personal import PersonalBox
from infra.crypto.subject_keys import PostgresSubjectKeys
from infra.documents.pdf import TypstDocuments
from infra.eventstore.erasing import ContentEraser
from infra.identity.erasing import VaultEraser
from infra.mail.assembled import mailer
from infra.payments.assembled import payment_providers
from infra.retrieval import NoDocuments
from infra.tools.assembled import tools


def effect_ports(p: Parts) -> dict[str, object]:
    """By context."""
    return {
        "execution": execution_ports(p),
        "billing": billing_ports(p),
        "identity": identity_ports(p),
        "tenancy": tenancy_ports(p),
        "notifications": NotificationPorts(personal_box(p), mailer(p.settings)),
    }


def execution_ports(p: Parts) -> ExecutionPorts:
    runner = tools(p.settings, master_key(p.settings), p.store, now)
    p.closing.push_async_callback(runner.aclose)
    return ExecutionPorts(
        chat=p.chat,
        requests=StoredRequests(p.store),
        deltas=DeltaSink(p.bus.nc),
        aborts=p.ends,
        tools=runner,
        retriever=NoDocuments(),
        runs=ProjectedRuns(p.pool),
        clock=time.monotonic,
        wall_clock=now,
    )


def billing_ports(p: Parts) -> BillingPorts:
    return BillingPorts(ProjectedMonths(p.pool), TypstDocuments(), payment_providers(p.settings))


def identity_ports(p: Parts) -> IdentityPorts:
    farewells = ProjectedFarewells(p.pool, personal_box(p), now)
    return IdentityPorts(ProjectedPlaces(p.pool), ProjectedInvited(p.pool), VaultEraser(p.vault), farewells)


def tenancy_ports(p: Parts) -> TenancyPorts:
    eraser = ContentEraser(p.eraser, mailer(p.settings).forget)
    return TenancyPorts(TenantContent(p.pool, eraser, partial(dead_letters.purge, p.bus.js)))


def personal_box(p: Parts) -> PersonalBox:
    return PersonalBox(PostgresSubjectKeys(p.vault), [master_key(p.settings)])
