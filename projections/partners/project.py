"""Resellers, with the terms they started on; the terms in force are in `partner_terms`."""

from collections.abc import Sequence
from pathlib import Path

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import merge
from schemas.base import PLATFORM
from schemas.envelope import Recorded
from schemas.tenancy.events import PartnerCreated
from schemas.tenancy.partners import PartnerClosed, PartnerRevised

PARTNERS = merge("partners", key=("id",), changing=("name", "settings", "branding", "closed_at"))


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    await tx.write(PARTNERS, fold(ON, Rows(), events).rows.values())


def created(rows: Rows, recorded: Recorded, event: PartnerCreated) -> None:
    rows.put(
        event.partner_id,
        recorded,
        id=event.partner_id,
        tenant_id=PLATFORM,
        partner_id=event.partner_id,
        name=event.name,
        admin_user_id=event.admin.user_id if event.admin else None,
        markup_percent=event.terms.markup_percent,
        commission_percent=event.terms.commission_percent,
    )


def revised(rows: Rows, recorded: Recorded, event: PartnerRevised) -> None:
    said = {name: value for name, value in event if name != "partner_id" and value is not None}
    rows.put(event.partner_id, recorded, id=event.partner_id, **said)


def closed(rows: Rows, recorded: Recorded, event: PartnerClosed) -> None:
    rows.put(event.partner_id, recorded, id=event.partner_id, closed_at=recorded.recorded_at)


ON: Handlers[Rows] = {PartnerCreated: created, PartnerRevised: revised, PartnerClosed: closed}

PROJECTION = Projection(
    name="partners",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("partners",),
    project=project,
)
