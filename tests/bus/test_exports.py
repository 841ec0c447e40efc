"""What a tenant, a partner and an auditor take along, and what the verifier on their machine makes of it."""

import json
import random
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from infra.audit import verify_ledger
from infra.audit.ledger import Wanted
from infra.audit.lines import NAMES, ViewName
from infra.audit.merkle import consistency_spans, included, leaf_hash, root_of, span_hashes, subtree
from infra.db.scope import Scope
from infra.eventstore.postgres import PostgresEventStore
from tests.support.builders import NOW, PARTNER_ID, TENANT_ID
from tests.support.ledger import KEYS, OTHER_TENANT_ID, Calls, projected, seal_all
from tests.support.sealed import ledger_of

VERIFIER = Path(verify_ledger.__file__)
TENANT = Scope(tenant_id=TENANT_ID)
PARTNER = Scope(partner_id=PARTNER_ID)
MONTH = f"{NOW:%Y-%m}"
EVERYTHING = Scope(platform=True)


@pytest.fixture
async def ledger(store: PostgresEventStore, database_url: str) -> str:
    calls = Calls(store)
    calls.set_rate()
    calls.make(170)
    await seal_all(database_url, batch=64)
    await projected(database_url, store)
    return database_url


async def export(
    url: str,
    path: Path,
    scope: Scope,
    open_: Sequence[ViewName],
    wanted: Wanted | None = None,
    *earlier: int,
) -> list[dict[str, Any]]:
    parts = ledger_of(url).export(scope, wanted or Wanted(), open_, earlier)
    return written(path, b"".join([part async for part in parts]))


def written(path: Path, export: bytes) -> list[dict[str, Any]]:
    path.write_bytes(export)
    return [json.loads(line) for line in export.decode().split("\n")[1:-1]]


def run(*arguments: object) -> tuple[int, str]:
    """As on another machine: isolated, nothing of ours can be imported."""
    found = subprocess.run(
        [sys.executable, "-I", VERIFIER, *map(str, arguments)], capture_output=True, text=True, cwd="/"
    )
    return found.returncode, (found.stdout + found.stderr).strip()


def sums(url: str, tenant: object) -> dict[str, Decimal]:
    query = (
        "SELECT sum(price_usd), sum(commission_usd), sum(cost_usd) FROM ledger_entries WHERE tenant_id = %s"
    )
    with psycopg.connect(url) as conn:
        row = conn.execute(query, (tenant,)).fetchone() or ()
    return dict(zip(("price", "commission", "cost"), row, strict=True))


async def test_a_tenant_proves_its_price_and_sees_no_cost(ledger: str, tmp_path: Path) -> None:
    file = tmp_path / "export.jsonl"
    entries = await export(ledger, file, TENANT, ("tenant",), Wanted(period=MONTH))
    wanted = sums(ledger, TENANT_ID)
    assert run(file, "--key", KEYS.signer.verifier) == (
        0,
        f"OK {len(entries)} of 337 entries price={wanted['price']:f}",
    )
    text = file.read_text()
    for secret in ("commission", "cost", "postings", "rates", str(OTHER_TENANT_ID)):
        assert secret not in text
    assert all("hash" in entry["partner"] and "hash" in entry["platform"] for entry in entries)


async def test_a_partner_proves_its_commission_without_other_tenants(ledger: str, tmp_path: Path) -> None:
    file = tmp_path / "export.jsonl"
    await export(ledger, file, PARTNER, ("tenant", "partner"), Wanted(period=MONTH))
    wanted = sums(ledger, TENANT_ID)
    assert run(file)[1].endswith(f"price={wanted['price']:f} commission={wanted['commission']:f}")
    assert '\\"cost\\"' not in file.read_text() and str(OTHER_TENANT_ID) not in file.read_text()


async def test_the_platform_opens_everything(ledger: str, tmp_path: Path) -> None:
    file = tmp_path / "export.jsonl"
    entries = await export(ledger, file, EVERYTHING, NAMES)
    assert len(entries) == 337
    total = sums(ledger, TENANT_ID)["cost"] + sums(ledger, OTHER_TENANT_ID)["cost"]
    assert run(file)[1].endswith(f"cost={total:f}")


async def test_another_month_is_an_export_of_nothing(ledger: str, tmp_path: Path) -> None:
    file = tmp_path / "export.jsonl"
    assert await export(ledger, file, TENANT, ("tenant",), Wanted(period="2020-01")) == []
    assert run(file) == (0, "OK 0 of 337 entries")


async def test_any_changed_bit_of_an_export_is_found_and_the_entry_named(ledger: str, tmp_path: Path) -> None:
    seed = random.randrange(10_000)
    print("seed", seed)
    dice, file = random.Random(seed), tmp_path / "export.jsonl"
    await export(ledger, file, TENANT, ("tenant",))
    manifest, *lines = file.read_text().rstrip("\n").split("\n")
    for part in ("head", "seq", "proof", "salt", "text", "hash"):
        number = dice.randrange(len(lines))
        changed = json.loads(lines[number])
        seq = changed["seq"]
        match part:
            case "head":
                changed[part] = ("A" if changed[part][20] != "A" else "B").join(
                    (changed[part][:20], changed[part][21:])
                )
            case "seq":
                changed[part] = seq ^ 1
            case "proof":
                changed[part][dice.randrange(len(changed[part]))] = "00" * 32
            case "hash":
                changed["platform"][part] = "11" * 32
            case _:
                text = changed["tenant"][part]
                changed["tenant"][part] = text.replace(text[5], "0" if text[5] != "0" else "1", 1)
        bad = tmp_path / "bad.jsonl"
        bad.write_text("\n".join([manifest, *lines[:number], json.dumps(changed), *lines[number + 1 :], ""]))
        code, said = run(bad)
        assert code == 1 and said.startswith(f"WRONG entry {seq if part != 'seq' else seq ^ 1}: "), (
            part,
            said,
        )
    bad.write_text("\n".join([manifest, *lines[:-1], ""]))
    assert run(bad)[1].startswith("WRONG")
    for field in ("checkpoint", "key"):
        changed = json.loads(manifest)
        changed[field] = changed[field].replace("tests", "text5")
        bad.write_text("\n".join([json.dumps(changed), *lines, ""]))
        assert run(bad)[0] == 1
    assert run(file, "--key", "tests.example/ledger+00000000+AAAA") == (
        1,
        "WRONG the checkpoint is not signed by the key",
    )


async def test_a_later_export_is_consistent_with_an_earlier_one_and_with_no_other(
    ledger: str, store: PostgresEventStore, tmp_path: Path
) -> None:
    earlier, later = tmp_path / "earlier.jsonl", tmp_path / "later.jsonl"
    await export(ledger, earlier, TENANT, ("tenant",))
    calls = Calls(store, first=1_000)
    calls.make(60)
    await seal_all(ledger)
    await export(ledger, later, TENANT, ("tenant",), None, 337)
    assert run(later, "--earlier", earlier)[0] == 0
    other = earlier.read_text().split("\n")
    manifest = json.loads(other[0])
    manifest["checkpoint"] = KEYS.signer.sign(
        KEYS.signer.verifier.opened(manifest["checkpoint"]).__class__(KEYS.signer.name, 337, bytes(32))
    )
    earlier.write_text(json.dumps(manifest) + "\n")
    assert run(later, "--earlier", earlier) == (
        1,
        "WRONG the ledger does not begin with what was signed before",
    )


@pytest.mark.parametrize("size", range(1, 18))
def test_the_standalone_verifier_takes_every_proof_of_consistency(size: int) -> None:
    leaves = [leaf_hash(bytes([n])) for n in range(size)]
    for old in range(size + 1):
        path = span_hashes(
            consistency_spans(old, size),
            lambda n: subtree(leaves[n.number << n.level : (n.number + 1) << n.level]),
        )
        assert verify_ledger.begins_with(old, root_of(leaves[:old]), size, root_of(leaves), path)
        assert old in (0,) or not verify_ledger.begins_with(old, bytes(32), size, root_of(leaves), path)


def test_the_standalone_verifier_is_short_and_imports_nothing_of_ours() -> None:
    text = VERIFIER.read_text()
    assert len(text.splitlines()) <= 200
    assert "import infra" not in text and "from infra" not in text


async def test_an_entry_is_proved_by_its_call_key_to_whom_it_belongs(ledger: str) -> None:
    reader = ledger_of(ledger)
    with psycopg.connect(ledger) as conn:
        query = "SELECT call_key FROM ledger_entries WHERE tenant_id = %s AND kind = 'settle' LIMIT 1"
        mine, theirs = (conn.execute(query, (who,)).fetchall()[0][0] for who in (TENANT_ID, OTHER_TENANT_ID))
    for scope, key in ((TENANT, mine), (PARTNER, mine), (EVERYTHING, theirs)):
        found = await reader.prove(scope, key, ("tenant",))
        assert found is not None and found.entry.opened("tenant") and found.entry.opened("platform") is None
        point = KEYS.signer.verifier.opened(found.checkpoint)
        assert included(found.entry.leaf, found.entry.seq, point.size, found.proof, point.root)
    for scope, key in ((TENANT, theirs), (PARTNER, theirs), (EVERYTHING, "nobody's")):
        assert await reader.prove(scope, key, ("tenant",)) is None


async def test_tiles_hold_the_hashes_that_make_the_signed_root(ledger: str) -> None:
    reader = ledger_of(ledger)
    point = KEYS.signer.verifier.opened((await reader.checkpoint()).note)
    raw = await reader.tile(0, 0, 256) + await reader.tile(0, 1, point.size - 256)
    leaves = [raw[at : at + 32] for at in range(0, len(raw), 32)]
    assert root_of(leaves) == point.root
    assert await reader.tile(1, 0, 1) == root_of(leaves[:256])


async def test_entries_are_proved_by_their_refs_to_whom_they_belong(
    ledger: str, store: PostgresEventStore
) -> None:
    mine = [row for row in store.after(0, 10_000) if row.stream == f"ledger-{TENANT_ID}-{MONTH}"]
    refs = [f"{row.stream}@{row.version}" for row in mine]
    foreign = f"ledger-{OTHER_TENANT_ID}-{MONTH}@1"
    told = await ledger_of(ledger).proofs_for(TENANT, [*refs, foreign])
    assert told["entries"].keys() == set(refs)
    size, root = verify_ledger.opened(told["checkpoint"], told["key"])
    for one in told["entries"].values():
        proof = [bytes.fromhex(step) for step in one["proof"]]
        assert verify_ledger.root_from(bytes.fromhex(one["leaf"]), one["seq"], size, proof) == root


async def test_where_nothing_is_sealed_nothing_is_proved(
    store: PostgresEventStore, database_url: str
) -> None:
    assert await ledger_of(database_url).proofs_for(TENANT, [f"ledger-{TENANT_ID}-{MONTH}@1"]) == {}
