"""Checkpoints are cosigned. Who shows two histories is found out; who is away holds nothing up."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import psycopg
import pytest
from prometheus_client import REGISTRY
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bus import witnessing
from bus.witnessing import Witnessing
from infra.audit.keys import SealKeys, stored_keys
from infra.audit.notes import BadNote
from infra.crypto.master_key import master_key
from infra.db.pools import WORKER, async_pool
from infra.embedded.nats import EmbeddedNats
from infra.eventstore.postgres import PostgresEventStore
from infra.settings import Settings
from infra.witness.asking import ANSWER_BYTES
from infra.witness.folder import Folder, create
from infra.witness.keys import Witness, cosigned_at
from infra.witness.places import BadWitnesses, Place, places
from infra.witness.service import witness_app
from tests.api.world import World
from tests.bus.test_exports import run
from tests.bus.workers import until, worker
from tests.support.builders import NOW
from tests.support.ledger import KEYS, Calls, seal_all
from tests.support.sealed import ledger_of
from tests.support.serving import serving
from tests.support.witnesses import new_witness

TIME = 1_790_000_000
FORGED = SealKeys(KEYS.signer, b"f" * 32)
"""Signs as the ledger does, and has other leaves."""


@pytest.fixture
async def ledger(store: PostgresEventStore, database_url: str) -> str:
    Calls(store).make(20)
    await seal_all(database_url)
    return database_url


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return new_witness(tmp_path / "w1")


@asynccontextmanager
async def placed(folder: Folder, app: ASGIApp | None = None) -> AsyncIterator[Place]:
    witness = witness_app(folder, lambda: TIME)

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        """The server starts and stops with the witness itself."""
        await (app if app and scope["type"] == "http" else witness)(scope, receive, send)

    async with serving(either) as served:
        yield Place(folder.cosigner.witness, served.url)


async def ask(url: str, *asked: Place) -> None:
    async with async_pool(url, WORKER, max_size=4) as pool:
        await Witnessing(pool, asked).round()


async def grow(url: str, store: PostgresEventStore, first: int, keys: SealKeys = KEYS) -> int:
    Calls(store, first=first).make(20)
    await seal_all(url, keys=keys)
    return (await ledger_of(url).checkpoint()).size


async def edge(url: str, path: str) -> httpx2.Response:
    """As the real edge answers it, from the real ledger."""
    world = World()
    world.audit = ledger_of(url)  # type: ignore[assignment]
    world.app = world.build()
    async with world.client(world.admin) as client:
        return await client.get(path)


def owner(url: str, *changes: str) -> None:
    """May do what nobody may."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("SET session_replication_role = replica")
        for change in changes:
            conn.execute(change.encode())


def forget(url: str, tables: str = "leaves nodes checkpoints cosignatures") -> None:
    owner(url, *(f"DELETE FROM audit_{name}" for name in tables.split()))


def contradictions(folder: Folder) -> float:
    labels = {"witness": folder.cosigner.name}
    return REGISTRY.get_sample_value("hb_witness_contradictions_total", labels) or 0.0


async def test_the_checkpoint_is_served_with_the_lines_of_its_witnesses(
    ledger: str, store: PostgresEventStore, folder: Folder, tmp_path: Path
) -> None:
    other = new_witness(tmp_path / "w2", "witness.example.com/w2")
    async with placed(folder) as one, placed(other) as two:
        await ask(ledger, one, two)
        size = await grow(ledger, store, 1_000)
        await ask(ledger, one, two)
    note = (await edge(ledger, "/audit/checkpoint")).text
    assert note.count("\n— witness.example.com/") == 2
    assert {cosigned_at(note, one.cosigner.witness) for one in (folder, other)} == {TIME}
    assert Folder(folder.path).seen.size == Folder(other.path).seen.size == size


async def test_what_is_cosigned_is_to_be_had_while_the_ledger_goes_on(
    ledger: str, store: PostgresEventStore, folder: Folder
) -> None:
    before = await edge(ledger, "/audit/checkpoint?witnessed=true")
    assert (before.status_code, before.json()["code"]) == (404, "audit.nothing_cosigned")
    async with placed(folder) as place:
        await ask(ledger, place)
    cosigned = (await edge(ledger, "/audit/checkpoint")).text
    size = await grow(ledger, store, 1_000)
    latest = (await edge(ledger, "/audit/checkpoint")).text
    assert latest.split("\n")[1] == str(size) and "witness" not in latest
    assert (await edge(ledger, "/audit/checkpoint?witnessed=true")).text == cosigned


async def test_an_export_shows_whose_cosignatures_it_has(
    ledger: str, store: PostgresEventStore, folder: Folder, tmp_path: Path
) -> None:
    me = folder.cosigner.witness
    async with placed(folder) as place:
        await ask(ledger, place)
    await grow(ledger, store, 1_000)
    path = f"/audit/exports?period={NOW:%Y-%m}"
    cosigned, latest = tmp_path / "cosigned.jsonl", tmp_path / "latest.jsonl"
    for file, asked in ((cosigned, f"{path}&witnessed=true"), (latest, path)):
        file.write_bytes((await edge(ledger, asked)).content)
    key = ("--key", KEYS.signer.verifier)
    other = new_witness(tmp_path / "w2", "witness.example.com/w2").cosigner.witness
    posing = Witness(me.name, other.public)
    assert run(cosigned, *key, "--witness", me) == run(cosigned, *key)
    assert run(cosigned, *key)[0] == run(latest, *key)[0] == 0
    for file, witness in ((latest, me), (cosigned, posing), (cosigned, KEYS.signer.verifier)):
        wanted = (1, f"WRONG the checkpoint is not cosigned by {witness.name}")
        assert run(file, *key, "--witness", witness) == wanted
    both = run(cosigned, *key, "--witness", me, "--witness", other)
    assert both == (1, f"WRONG the checkpoint is not cosigned by {other.name}")
    first, _, entries = cosigned.read_text().partition("\n")
    manifest = json.loads(first)
    line = manifest["checkpoint"].splitlines(keepends=True)[-1]
    later = me.line((TIME + 1).to_bytes(8, "big") + me.signature(line)[8:])
    changed = {**manifest, "checkpoint": manifest["checkpoint"].replace(line, later)}
    cosigned.write_text(f"{json.dumps(changed)}\n{entries}")
    assert run(cosigned, *key)[0] == 0
    assert run(cosigned, *key, "--witness", me)[0] == 1


async def test_no_export_of_what_is_cosigned_since_what_is_not(
    ledger: str, store: PostgresEventStore, folder: Folder
) -> None:
    async with placed(folder) as place:
        await ask(ledger, place)
    size = await grow(ledger, store, 1_000)
    path = f"/audit/exports?period={NOW:%Y-%m}&since={size}"
    assert (await edge(ledger, path)).status_code == 200
    assert (await edge(ledger, f"{path}&witnessed=true")).json()["code"] == "request.invalid"


async def test_another_ledger_of_the_same_size_is_not_cosigned_and_told(ledger: str, folder: Folder) -> None:
    async with placed(folder) as place:
        await ask(ledger, place)
        known, before = folder.seen, contradictions(folder)
        forget(ledger)
        await seal_all(ledger, keys=FORGED)
        await ask(ledger, place)
    note = (await ledger_of(ledger).checkpoint()).note
    with pytest.raises(BadNote):
        cosigned_at(note, folder.cosigner.witness)
    assert Folder(folder.path).seen == known
    assert contradictions(folder) == before + 1


async def test_another_history_that_grew_is_not_cosigned_and_kept_by_the_witness(
    ledger: str, store: PostgresEventStore, folder: Folder
) -> None:
    async with placed(folder) as place:
        await ask(ledger, place)
        known, before = folder.seen, contradictions(folder)
        forget(ledger)
        await grow(ledger, store, 1_000, FORGED)
        await ask(ledger, place)
    stamp = await ledger_of(ledger).checkpoint()
    assert Folder(folder.path).seen == known
    assert (folder.path / "witness.inconsistent").read_text() == stamp.note
    assert contradictions(folder) == before + 1


@pytest.mark.parametrize("lost", ["audit_checkpoints", "audit_checkpoints audit_cosignatures"])
async def test_a_ledger_that_lost_its_end_is_told(
    ledger: str, store: PostgresEventStore, folder: Folder, lost: str
) -> None:
    async with placed(folder) as place:
        size = await grow(ledger, store, 1_000)
        await ask(ledger, place)
        before = contradictions(folder)
        owner(ledger, *(f"DELETE FROM {table} WHERE size = {size}" for table in lost.split()))
        await ask(ledger, place)
    assert folder.seen.size == size
    assert contradictions(folder) == before + 1


async def test_cosignatures_that_we_lost_are_asked_for_again(ledger: str, folder: Folder) -> None:
    async with placed(folder) as place:
        await ask(ledger, place)
        forget(ledger, "cosignatures")
        await ask(ledger, place)
    assert cosigned_at((await ledger_of(ledger).checkpoint()).note, folder.cosigner.witness) == TIME


async def test_an_answer_that_got_lost_is_asked_for_again(ledger: str, folder: Folder) -> None:
    """The witness keeps what it signs before it answers; that it was killed in between changes nothing."""
    inner = witness_app(folder, lambda: TIME)
    lost: list[object] = []

    async def dies_once(scope: Scope, receive: Receive, send: Send) -> None:
        async def nothing(message: object) -> None:
            lost.append(message)

        await inner(scope, receive, send if lost else nothing)

    async with placed(folder, dies_once) as place:
        await ask(ledger, place)
        assert lost and folder.seen.size > 0
        assert "witness" not in (await ledger_of(ledger).checkpoint()).note
        await ask(ledger, place)
    assert cosigned_at((await ledger_of(ledger).checkpoint()).note, folder.cosigner.witness) == TIME


@pytest.mark.parametrize("status", [200, 403, 404, 409, 500])
@pytest.mark.parametrize("text", ["", "nonsense\n", "\udcff", "x" * (ANSWER_BYTES * 2), "OTHER", "FAKE"])
async def test_what_is_no_cosignature_of_the_witness_is_not_kept(
    ledger: str, folder: Folder, tmp_path: Path, status: int, text: str
) -> None:
    other = new_witness(tmp_path / "w2", "witness.example.com/w2").cosigner
    stamp = await ledger_of(ledger).checkpoint()
    point = KEYS.signer.verifier.opened(stamp.note)
    lines = {"OTHER": other.line(point, TIME), "FAKE": folder.cosigner.witness.line(bytes(72))}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await Request(scope, receive).body()
        told = lines.get(text, text).encode(errors="surrogateescape")
        await Response(told, status)(scope, receive, send)

    async with placed(folder, answer) as place:
        await ask(ledger, place)
    assert "witness" not in (await ledger_of(ledger).checkpoint()).note


async def test_who_is_away_does_not_keep_others_from_cosigning(
    ledger: str, folder: Folder, tmp_path: Path
) -> None:
    away = Place(
        new_witness(tmp_path / "w2", "witness.example.com/w2").cosigner.witness, "http://127.0.0.1:9"
    )
    async with placed(folder) as place:
        await ask(ledger, away, place)
    note = (await ledger_of(ledger).checkpoint()).note
    assert cosigned_at(note, folder.cosigner.witness) == TIME
    with pytest.raises(BadNote, match=r"not cosigned by witness\.example\.com/w2"):
        cosigned_at(note, away.witness)


async def test_a_witness_that_hangs_does_not_hold_the_sealer_up(
    nats: EmbeddedNats, database_url: str, store: PostgresEventStore, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(witnessing, "EVERY_SECONDS", 0.05)
    settings = Settings(data_dir=tmp_path)
    keys = await asyncio.to_thread(stored_keys, database_url, master_key(settings), settings.audit_origin)
    folder = create(tmp_path / "w1", "witness.example.com/w1", [keys.signer.verifier])
    asked, go = asyncio.Event(), asyncio.Event()
    inner = witness_app(folder, lambda: TIME)

    async def hangs(scope: Scope, receive: Receive, send: Send) -> None:
        asked.set()
        await go.wait()
        await inner(scope, receive, send)

    Calls(store).make(5)
    async with placed(folder, hangs) as place:
        setting = f"{place.witness} {place.url}"
        async with worker(database_url, nats.url, ["sealer"], witnesses=setting, data_dir=tmp_path):
            await asyncio.wait_for(asked.wait(), 60)
            sealed = await size_of(database_url)
            Calls(store, first=1_000).make(5)
            await until(lambda: larger(database_url, sealed))
            assert not go.is_set() and folder.seen.size == 0
            go.set()
            await until(lambda: cosigned_by(database_url, sealed))
            await until(lambda: caught_up(folder))


async def size_of(url: str) -> int:
    return (await ledger_of(url).checkpoint()).size


async def larger(url: str, size: int) -> bool:
    return await size_of(url) > size


async def cosigned_by(url: str, size: int) -> bool:
    note = (await ledger_of(url).checkpoint()).note
    return await larger(url, size) and "— witness.example.com/w1" in note


async def caught_up(folder: Folder) -> bool:
    labels = {"witness": folder.cosigner.name}
    return REGISTRY.get_sample_value("hb_witness_lag_entries", labels) == 0


@pytest.mark.parametrize(
    "text", ["x", "x http://a", "{key}", "{key} a", "{key} ftp://a", "{key} http://a, {key} http://b", "{key} http://a:x"]
)  # fmt: skip
def test_settings_that_name_no_witness_are_refused(folder: Folder, text: str) -> None:
    with pytest.raises(BadWitnesses):
        places(text.format(key=folder.cosigner.witness))


def test_witnesses_are_named_by_key_and_address(folder: Folder) -> None:
    me = folder.cosigner.witness
    assert places(None) == places(" ") == []
    assert places(f" {me}  https://a.example/w/ ,") == [Place(me, "https://a.example/w")]
