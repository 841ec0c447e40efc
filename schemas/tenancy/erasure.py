"""What a closed tenant wrote and ran is erased; that there was such a tenant, and what it cost, stays."""

from datetime import timedelta

from schemas.authoring.definition import Source
from schemas.base import Command, Event, TenantId

TENANT = "tenant-{0.tenant_id}"
AFTER_CLOSING = timedelta(days=1)
"""By then what was under way has ended, and its calls are settled or known to be unknown."""

CONTENT_ERASED = "tenancy.content_erased"


class BeginErasure(Command, type_name="tenancy.tenant.begin_erasure", stream=TENANT):
    tenant_id: TenantId


class NoteErasure(Command, type_name="tenancy.tenant.note_erasure", stream=TENANT):
    tenant_id: TenantId
    touched: dict[str, int]


class ErasureBegun(Event, type_name="tenancy.tenant.erasure_begun"):
    """From here on the record lets its content go."""

    tenant_id: TenantId


class TenantErased(Event, type_name="tenancy.tenant.erased"):
    """Its content is gone from the record, and read models let go of it. `touched`: how much of what."""

    tenant_id: TenantId
    touched: dict[str, int]


class ContentErased(Event, type_name="tenancy.content.erased"):
    """In place of an event that was erased. `was`: its type. `source`: what a run was of, as bills say."""

    was: str
    source: Source | None = None
