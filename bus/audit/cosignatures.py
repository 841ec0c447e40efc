"""What witnesses signed, beside the checkpoints it is on. That a row is gone only its witness knows."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import psycopg

from bus.audit.findings import MOST, Finding
from infra.audit.notes import BadKey, BadNote
from infra.witness.keys import Witness, cosigned_at

ALL = """
SELECT size, witness, line, coalesce(note, '') FROM audit_cosignatures
LEFT JOIN audit_checkpoints USING (size) ORDER BY size, witness"""


def wrong_cosignatures(conn: psycopg.Connection[Any]) -> list[Finding]:
    """In the connection's transaction. They may be more than memory takes."""
    with conn.cursor("cosignatures") as cursor:
        cursor.execute(ALL)
        return list(islice(wrong(cursor), MOST))


def wrong(rows: psycopg.ServerCursor[Any]) -> Iterator[Finding]:
    for size, witness, line, note in rows:
        try:
            cosigned_at(note + line, Witness.read(witness))
        except (BadKey, BadNote) as error:
            yield Finding(f"cosignature {size}", str(error))
