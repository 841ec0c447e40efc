"""All a tenant has, as one archive: a file of JSON lines per kind of thing, and a list of them."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from api.people import People
from api.reads import Reads
from infra.db.scope import Scope
from infra.exports.zip_stream import ZipStream
from projections.taking_along import EXPORTED
from schemas.base import TenantId
from schemas.personal import Redacted

PERSONAL: Mapping[str, Sequence[str]] = {"members": ("email", "name"), "invitations": ("email",)}
"""Columns that are opened on the way out, as a tenant's contact is, which is among its settings."""

FORM = "hirebuddha tenant export 1"


async def archive(reads: Reads, people: People, tenant_id: TenantId) -> AsyncIterator[bytes]:
    at = datetime.now(UTC)
    stream, files = ZipStream(at), []
    for table in EXPORTED:
        count, digest = 0, hashlib.sha256()
        with stream.file(f"{table}.jsonl") as file:
            async for line in lines(reads, people, tenant_id, table):
                file.write(line)
                digest.update(line)
                count += 1
                if part := stream.taken():
                    yield part
        files.append({"name": f"{table}.jsonl", "rows": count, "sha256": digest.hexdigest()})
        yield stream.taken()
    told = {"form": FORM, "tenant_id": str(tenant_id), "made_at": at.isoformat(), "files": files}
    with stream.file("manifest.json") as file:
        file.write(json.dumps(told, indent=2).encode())
    yield stream.end()


async def lines(reads: Reads, people: People, tenant_id: TenantId, table: str) -> AsyncIterator[bytes]:
    async for row in reads.rows_to_take_along(Scope(tenant_id=tenant_id), table, tenant_id):
        shown = await opened(people, row, PERSONAL.get(table, ()))
        if settings := shown.get("settings"):
            contact = ("contact",) if settings.get("contact") else ()
            shown["settings"] = await opened(people, settings, contact)
        yield json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


async def opened(people: People, row: dict[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    if not columns:
        return row
    texts = await people.open([row[name] for name in columns])
    plain = [text.model_dump() if isinstance(text, Redacted) else text for text in texts]
    return {**row, **dict(zip(columns, plain, strict=True))}


def file_name(tenant_id: UUID) -> str:
    return f"tenant-{tenant_id}.zip"
