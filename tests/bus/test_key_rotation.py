"""The ledger gets a new key in the middle: who has the old one can follow, and nobody else can sign."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bus import sealer
from bus.audit.verify import verify
from infra.audit.keys import OVERLAP, SealKeys, rotate_keys, stored_keys
from infra.audit.notes import Signer, Verifier, opened, signed
from infra.db.pools import WORKER, async_pool
from infra.db.scope import Scope
from infra.eventstore.postgres import PostgresEventStore
from tests.bus.test_exports import export, run
from tests.support.builders import NOW
from tests.support.ledger import KEYS, Calls, projected, seal_all
from tests.support.sealed import ledger_of

SECOND = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
ROTATED = KEYS.rotated(SECOND, NOW, OVERLAP)
OLD, NEW = (str(one) for one in ROTATED.verifiers)
LATER = NOW + OVERLAP
EVERYTHING = Scope(platform=True)
MASTER = "a master key of tests, long enough"


class Log:
    """Sealed before the rotation, during the overlap, and after it: 20 calls each."""

    def __init__(self, store: PostgresEventStore, url: str) -> None:
        self.store, self.url, self.sizes = store, url, [0]

    async def goes_on(self, keys: SealKeys, now: datetime) -> None:
        Calls(self.store, first=1_000 * len(self.sizes)).make(20)
        self.sizes.append(self.sizes[-1] + await seal_all(self.url, keys=keys, now=now))

    async def export(self, path: Path, *earlier: int) -> Path:
        await export(self.url, path, EVERYTHING, ("tenant",), None, *earlier)
        return path


@pytest.fixture
async def log(store: PostgresEventStore, database_url: str) -> Log:
    log = Log(store, database_url)
    await log.goes_on(KEYS, NOW)
    return log


@pytest.fixture
def owner(log: Log) -> Iterator[psycopg.Connection]:
    with psycopg.connect(log.url, autocommit=True) as conn:
        conn.execute("SET session_replication_role = replica")
        yield conn


async def test_who_has_the_old_key_follows_up_to_the_end_of_the_overlap(log: Log, tmp_path: Path) -> None:
    before = await log.export(tmp_path / "before.jsonl")
    await log.goes_on(ROTATED, NOW)
    during = await log.export(tmp_path / "during.jsonl", log.sizes[1])
    await log.goes_on(ROTATED, LATER)
    after = await log.export(tmp_path / "after.jsonl", *log.sizes[1:3])

    assert run(before, "--key", OLD)[0] == run(during, "--key", OLD)[0] == run(during, "--key", NEW)[0] == 0
    assert (
        run(before, "--key", NEW)
        == run(after, "--key", OLD)
        == (1, "WRONG the checkpoint is not signed by the key")
    )
    assert run(after, "--key", NEW, "--earlier", during)[0] == 0
    assert run(after, "--key", NEW, "--earlier", before)[0] == 1
    assert run(after, "--key", OLD, "--key", NEW, "--earlier", before)[0] == 0
    assert run(after, "--earlier", before)[0] == 0


async def test_a_forged_key_is_refused(log: Log, tmp_path: Path) -> None:
    await log.goes_on(ROTATED, NOW)
    file = await log.export(tmp_path / "export.jsonl")
    manifest, *entries = file.read_text().splitlines(keepends=True)
    named = json.loads(manifest)
    point = opened(named["checkpoint"], ROTATED.verifiers)
    forger = Signer(KEYS.signer.name, Ed25519PrivateKey.generate())
    in_its_name = ROTATED.signer.verifier.line(forger.private.sign(point.body().encode()))
    for line in (forger.line(point), in_its_name):
        forged = {**named, "checkpoint": f"{point.body()}\n{line}"}
        forged["keys"] = [*named["keys"], {"key": str(forger.verifier), "first": 0, "last": None}]
        file.write_text("".join([json.dumps(forged) + "\n", *entries]))
        assert run(file, "--key", OLD, "--key", NEW) == (1, "WRONG the checkpoint is not signed by the key")


async def test_all_keys_are_told_with_the_sizes_they_signed(log: Log) -> None:
    assert await ledger_of(log.url).keys() == [(OLD, 0, None)]
    await log.goes_on(ROTATED, NOW)
    await log.goes_on(ROTATED, LATER)
    before, during, after = log.sizes[1:]
    assert await ledger_of(log.url).keys() == [(OLD, 0, after - 1), (NEW, during, None)]
    assert before < during < after


async def test_a_rotated_ledger_holds(log: Log) -> None:
    await log.goes_on(ROTATED, NOW)
    await log.goes_on(ROTATED, LATER)
    await projected(log.url, log.store)
    assert verified(log.url) == []
    assert f"checkpoint {log.sizes[2]}" in verified(log.url, KEYS)


async def test_what_other_keys_sign_is_found_and_named(log: Log, owner: psycopg.Connection) -> None:
    await log.goes_on(ROTATED, NOW)
    await log.goes_on(ROTATED, LATER)
    await projected(log.url, log.store)
    _, during, after = log.sizes[1:]
    note = "UPDATE audit_checkpoints SET note = %s WHERE size = %s"
    for size, signers in ((during, [ROTATED.signer]), (during, [KEYS.signer]), (after, [KEYS.signer])):
        query = "SELECT note FROM audit_checkpoints WHERE size = %s"
        [(before,)] = owner.execute(query, (size,)).fetchall()
        point = opened(before, ROTATED.verifiers if size == during else ROTATED.verifiers[1:])
        owner.execute(note, (signed(point, signers), size))
        assert verified(log.url) == [f"checkpoint {size}"]
        owner.execute(note, (before, size))
    assert verified(log.url) == []


@pytest.mark.parametrize(
    "change, where",
    [
        ("DELETE FROM audit_signers WHERE first = {during}", "checkpoint {during}"),
        ("DELETE FROM audit_signers WHERE first = {after}", "checkpoint {after}"),
        ("UPDATE audit_signers SET first = first - 1 WHERE first = {after}", "signers {below}"),
        ("UPDATE audit_signers SET keys = keys[1:1] WHERE first = {during}", "checkpoint {during}"),
        ("UPDATE audit_signers SET keys = '{{another}}' WHERE first = {after}", "signers {after}"),
        ("UPDATE audit_signers SET keys[1] = keys[2], keys[2] = keys[1] WHERE cardinality(keys) = 2",
         "signers {during}"),
    ],
)  # fmt: skip
async def test_a_changed_list_of_keys_is_found(
    log: Log, owner: psycopg.Connection, change: str, where: str
) -> None:
    await log.goes_on(ROTATED, NOW)
    await log.goes_on(ROTATED, LATER)
    await projected(log.url, log.store)
    _, during, after = log.sizes[1:]
    sizes = {"during": during, "after": after, "below": after - 1}
    owner.execute(change.format(**sizes).encode())
    assert where.format(**sizes) in verified(log.url)


def verified(url: str, keys: SealKeys = ROTATED) -> list[str]:
    return [one.where for one in verify(url, keys, processes=1, segment=256, chunk=256).findings]


def test_a_rotation_is_kept_and_private_halves_go_when_their_time_is_over(database_url: str) -> None:
    first = stored_keys(database_url, MASTER, "tests.example/ledger")
    assert [str(one) for one in first.verifiers] == [str(first.signer.verifier)]
    week = timedelta(days=7)
    rotate_keys(database_url, MASTER, "tests.example/ledger", NOW, week)
    second = stored_keys(database_url, MASTER, "tests.example/ledger")
    assert (second.verifiers[0], second.salts) == (first.signer.verifier, first.salts)
    assert [one.verifier for one in second.signers(NOW)] == second.verifiers
    assert [one.verifier for one in second.signers(NOW + week)] == second.verifiers[1:]
    rotate_keys(database_url, MASTER, "tests.example/ledger", NOW + week, week)
    third = stored_keys(database_url, MASTER, "tests.example/ledger")
    assert third.verifiers[:2] == second.verifiers and len(third.verifiers) == 3
    assert [one.signer is None for one in third.retired] == [True, False]


def test_without_an_overlap_the_old_key_signs_no_more() -> None:
    assert KEYS.rotated(SECOND, NOW, timedelta(0)).signers(NOW) == [Signer(KEYS.signer.name, SECOND)]


def test_of_rotations_at_once_none_is_lost(database_url: str) -> None:
    """A key that signed a checkpoint and was forgotten could prove nothing any more."""
    first = stored_keys(database_url, MASTER, "tests.example/ledger")

    def rotated(_: int) -> Verifier:
        return rotate_keys(database_url, MASTER, "tests.example/ledger", NOW).signer.verifier

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(rotated, range(4)))
    found = stored_keys(database_url, MASTER, "tests.example/ledger").verifiers
    assert len(made) == 4 and set(found) >= {*made, *first.verifiers}
    assert len(found) == len(first.verifiers) + 4


async def test_a_sealer_takes_up_a_new_key_while_it_runs(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealer, "KEYS_SECONDS", 0.0)
    keys = KEYS
    async with async_pool(log.url, WORKER, max_size=2) as pool:
        running = sealer.Sealer(pool, log.url, lambda: keys, clock=lambda: NOW)
        await running.resume()
        for keys in (KEYS, ROTATED):
            Calls(log.store, first=5_000 + len(keys.retired)).make(1)
            await running.seal()
            note = (await ledger_of(log.url).checkpoint()).note
            assert opened(note, keys.verifiers).size > log.sizes[-1]
