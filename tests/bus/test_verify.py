"""Flip any bit of what is stored: the verification finds it, and says where."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import sql

from bus.audit.findings import Report
from bus.audit.verify import verify
from infra.eventstore.postgres import PostgresEventStore
from infra.witness.keys import Cosigner
from schemas.billing.types import Posting
from tests.support.ledger import KEYS, Calls, projected, seal_all

Value = Any
SEALED = "topic LIKE 'billing.%'"
TABLES = {
    "stored_events": (SEALED, "notification_id"),
    "audit_leaves": ("true", "audit_seq"),
    "audit_nodes": ("true", "index"),
    "audit_checkpoints": ("true", "size"),
    "audit_cosignatures": ("true", "size"),
    "ledger_entries_v1": ("true", "position"),
    "month_totals_v1": ("true", "position"),
    "holds_v1": ("true", "position"),
}
DERIVED = {
    "ledger_entries_v1": ("position", "cost_usd", "price_usd", "commission_usd"),
    "month_totals_v1": ("cost", "price", "commission", "period"),
    "holds_v1": ("call_key",),
}
"""What of the projections the passes compare; the sealed tables are compared to the last bit."""

HIGH = {"audit_seq": 7, "type_version": 30, "originator_version": 60, "notification_id": 60}


@pytest.fixture
async def ledger(store: PostgresEventStore, database_url: str) -> str:
    calls = Calls(store)
    calls.set_rate()
    calls.make(170)
    await seal_all(database_url, batch=64)
    cosign_all(database_url)
    await projected(database_url, store)
    return database_url


def cosign_all(url: str) -> None:
    me = Cosigner("witness.example.com/w1", Ed25519PrivateKey.from_private_bytes(bytes(32)))
    with psycopg.connect(url) as conn:
        for size, note in conn.execute("SELECT size, note FROM audit_checkpoints").fetchall():
            line = me.line(KEYS.signer.verifier.opened(note), 1_790_000_000)
            conn.execute("INSERT INTO audit_cosignatures VALUES (%s, %s, %s)", (str(me.witness), size, line))


def verified(url: str, **options: Any) -> Report:
    return verify(url, KEYS, processes=1, segment=256, chunk=256, **options)


class Owner:
    """May do what nobody may: triggers and row level security do not stop a superuser who turns them off."""

    def __init__(self, url: str) -> None:
        self._conn = psycopg.connect(url, autocommit=True)
        self._conn.execute("SET session_replication_role = replica")

    def columns(self, table: str) -> list[str]:
        query = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        return [name for (name,) in self._conn.execute(query, (table,))]

    def rows(self, table: str) -> list[tuple[str, dict[str, Value]]]:
        where, order = TABLES[table]
        query = (
            f"SELECT tableoid::regclass::text || ctid::text, * FROM {table} WHERE {where} ORDER BY {order}"
        )
        with self._conn.cursor() as cursor:
            cursor.execute(query.encode())
            names = [column.name for column in cursor.description or ()][1:]
            return [(row[0], dict(zip(names, row[1:], strict=True))) for row in cursor.fetchall()]

    def set(self, table: str, known: dict[str, Value], name: str, value: Value) -> None:
        match = sql.SQL(" AND ").join(
            sql.SQL("{} = {}").format(sql.Identifier(column), known[column]) for column in KEYS_OF[table]
        )
        query = sql.SQL("UPDATE {} SET {} = {} WHERE {}")
        changed = self._conn.execute(
            query.format(sql.Identifier(table), sql.Identifier(name), sql.Literal(value), match)
        )
        assert changed.rowcount == 1

    def close(self) -> None:
        self._conn.close()


KEYS_OF = {
    "stored_events": ("originator_id", "originator_version"),
    "audit_leaves": ("audit_seq",),
    "audit_nodes": ("level", "index"),
    "audit_checkpoints": ("size",),
    "audit_cosignatures": ("witness", "size"),
    "ledger_entries_v1": ("id",),
    "month_totals_v1": ("tenant_id", "period", "kind", "source_id", "model", "about_period"),
    "holds_v1": ("call_key",),
}


@pytest.fixture
def owner(ledger: str) -> Iterator[Owner]:
    owner = Owner(ledger)
    yield owner
    owner.close()


def flipped(name: str, value: Value, dice: random.Random) -> Value:
    """The same value with one bit changed."""
    match value:
        case bytes():
            bit = dice.randrange(8 * len(value))
            return bytes(byte ^ (bit // 8 == i) << bit % 8 for i, byte in enumerate(value))
        case bool():
            return not value
        case int():
            return value ^ 1 << dice.randrange(HIGH.get(name, 12))
        case UUID():
            return UUID(int=value.int ^ 1 << dice.randrange(128))
        case datetime():
            return value + timedelta(microseconds=1 << dice.randrange(40))
        case str():
            at = dice.randrange(len(value))
            return value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]
        case _:
            return value + type(value)("0.000000000001")


def cases() -> list[tuple[str, str]]:
    found = [(table, name) for table, names in DERIVED.items() for name in names]
    events = (
        "originator_id originator_version topic state notification_id type_version tenant_id partner_id actor"
    )
    found += [
        ("stored_events", name)
        for name in f"{events} message_id correlation_id traceparent recorded_at".split()
    ]
    found += [
        ("audit_leaves", n) for n in ("audit_seq", "position", "tenant_id", "partner_id", "leaf", "chain")
    ]
    found += [("audit_nodes", name) for name in ("level", "index", "hash", "position", "chain")]
    found += [("audit_cosignatures", name) for name in ("witness", "size", "line")]
    return [*found, ("audit_checkpoints", "size"), ("audit_checkpoints", "note")]


def test_an_untouched_ledger_holds(ledger: str) -> None:
    report = verified(ledger)
    assert report.findings == []
    assert (report.entries, report.pending) == (337, 0)
    assert report.checkpoints == 6


def test_processes_find_the_same(ledger: str) -> None:
    assert verify(ledger, KEYS, processes=2, segment=256, chunk=256) == verified(ledger)


def test_every_column_is_flipped(owner: Owner) -> None:
    for table in [name for name in TABLES if name not in DERIVED]:
        assert {name for flipped_table, name in cases() if flipped_table == table} == set(
            owner.columns(table)
        )


async def test_any_flipped_bit_is_found_and_named(ledger: str, owner: Owner) -> None:
    seed = random.randrange(10_000)
    print("seed", seed)
    dice = random.Random(seed)
    for table, name in cases() * 2:
        rows = [row for _, row in owner.rows(table) if row[name] is not None]
        before = dice.choice(rows)
        after = {**before, name: flipped(name, before[name], dice)}
        try:
            owner.set(table, before, name, after[name])
        except psycopg.IntegrityError:
            continue
        report = verified(ledger)
        owner.set(table, after, name, before[name])
        what = f"{table}.{name} of {before}: {list(map(str, report.findings))}"
        assert report.findings, what
        assert any(
            names(finding.where, table, row) for finding in report.findings for row in (before, after)
        ), what
    assert verified(ledger).findings == []


def names(where: str, table: str, row: dict[str, Value]) -> bool:
    match table:
        case "stored_events":
            return (
                where.startswith(f"event {row['originator_id']}@{row['originator_version']}")
                or "(leaf" in where
            )
        case "audit_leaves":
            return f"(leaf {row['audit_seq']})" in where or where == f"leaf {row['audit_seq']}"
        case "audit_nodes":
            return where == f"node {row['level']}/{row['index']}"
        case "audit_checkpoints":
            return where == f"checkpoint {row['size']}"
        case "audit_cosignatures":
            return where == f"cosignature {row['size']}"
        case "ledger_entries_v1":
            return where == f"ledger_entries at position {row['position']}" or where.startswith(
                "month_totals"
            )
        case "month_totals_v1":
            return where == f"month_totals {row['tenant_id']} {row['period']}"
        case _:
            return where == f"holds {row['call_key']}"


@pytest.mark.parametrize("table", ["stored_events", "audit_leaves", "audit_nodes"])
def test_a_row_that_is_gone_is_missed(ledger: str, table: str) -> None:
    where = f" AND {SEALED}" if table == "stored_events" else ""
    with psycopg.connect(ledger, autocommit=True) as conn:
        conn.execute("SET session_replication_role = replica")
        one = f"SELECT ctid FROM {table} WHERE true{where} OFFSET 0 LIMIT 1"
        conn.execute(f"DELETE FROM {table} WHERE ctid = ({one}){where}".encode())
    assert verified(ledger).findings


@pytest.mark.parametrize("field, wrong", [("price", "9.000000000000"), ("cost", "0"), ("commission", "1")])
async def test_an_amount_that_was_wrong_when_it_was_sealed_is_found(
    store: PostgresEventStore, database_url: str, field: str, wrong: str
) -> None:
    """Every hash is right; the figure is not what its usage and pricing make."""
    calls = Calls(store)
    calls.make(3, changed={field: Decimal(wrong)})
    await seal_all(database_url)
    await projected(database_url, store)
    first = verified(database_url).findings[0]
    assert first.where.startswith("event ledger-") and f"its {field} is" in first.what


async def test_postings_that_do_not_balance_are_found(store: PostgresEventStore, database_url: str) -> None:
    calls = Calls(store)
    calls.make(1, changed={"postings": (Posting(account="cash", side="debit", amount=Decimal(1)),)})
    await seal_all(database_url)
    await projected(database_url, store)
    assert verified(database_url).findings[0].what == "its debits do not equal its credits"


async def test_what_is_not_sealed_yet_is_pending_and_no_finding(
    ledger: str, store: PostgresEventStore
) -> None:
    calls = Calls(store, first=1_000)
    calls.make(1)
    await projected(ledger, store)
    report = verified(ledger)
    assert (report.findings, report.pending) == ([], 2)
