"""Rows that Postgres copies out, at the speed of libpq: one call a row, and nothing parsed."""

from typing import Any

import psycopg
from psycopg.pq import ExecStatus

from infra.audit.canonical import COPY_END, COPY_HEADER


def copied(conn: psycopg.Connection[Any], query: str) -> list[bytes]:
    """The rows of a `COPY (SELECT …) TO STDOUT`, in text or binary, in the connection's transaction."""
    raw = conn.pgconn
    begun = raw.exec_(query.encode())
    if begun.status != ExecStatus.COPY_OUT:
        raise psycopg.DatabaseError(begun.error_message.decode(errors="replace"))
    rows = []
    while (part := raw.get_copy_data(0))[0] >= 0:
        rows.append(bytes(part[1]))
    while ended := raw.get_result():
        if ended.status != ExecStatus.COMMAND_OK:
            raise psycopg.DatabaseError(ended.error_message.decode(errors="replace"))
    return framed(rows)


def framed(rows: list[bytes]) -> list[bytes]:
    """Without what a binary copy has around its rows."""
    if rows and rows[0].startswith(COPY_HEADER):
        rows[0] = rows[0].removeprefix(COPY_HEADER)
        rows = [row for row in rows if row not in (b"", COPY_END)]
    return rows
