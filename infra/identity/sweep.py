"""Takes out of the vault what is over: some rows at a time, so that nobody waits for it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from infra.crypto.subject_keys import PostgresSubjectKeys
from infra.identity import codes, lockouts
from infra.identity.pool import Pool, changed

BATCH = 1_000
KEPT = timedelta(days=90)
"""After its last use a session is known for so long: its tokens are still told from made-up ones."""

OVER: Mapping[str, tuple[str, timedelta]] = {
    "sessions": ("used_at <= %(until)s", KEPT),
    "codes": ("expires_at <= %(until)s", codes.ISSUED_IN),
    "pending_registrations": ("expires_at <= %(until)s", timedelta(0)),
    "oidc_round_trips": ("expires_at <= %(until)s", timedelta(0)),
    "passkey_challenges": ("expires_at <= %(until)s", timedelta(0)),
    "attempts": ("since <= %(until)s", 2 * lockouts.WINDOW),
}
"""By table: which rows are over, and how long they are kept then."""


async def sweep(pool: Pool, now: datetime, batch: int = BATCH) -> int:
    """At most `batch` rows of each table; how many there were. Call again while there are some."""
    keys = await PostgresSubjectKeys(pool).destroy_over(now, batch)
    return keys + sum([await swept(pool, table, now, batch) for table in OVER])


async def swept(pool: Pool, table: str, now: datetime, batch: int) -> int:
    over, kept = OVER[table]
    query = f"""DELETE FROM vault.{table} WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM vault.{table} WHERE {over} LIMIT %(batch)s FOR UPDATE SKIP LOCKED))"""
    return await changed(pool, query, {"until": now - kept, "batch": batch})
