import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from api import exports
from infra.db.scope import Scope
from projections.month_totals.drill_down import MonthEntry, MonthRun
from tests.api.fake_money_bus import add_invoice
from tests.api.fakes import NOW
from tests.api.world import World, problem

SOURCE = {"source_kind": "workflow", "source_id": "w1", "source_name": "Mails", "model": "local/smollm2"}
TOKENS = {"tokens_input": 5, "tokens_output": 2, "tokens_cache_read": 0, "tokens_cache_write": 0}


def entry(number: int) -> MonthEntry:
    place: dict[str, Any] = {"run": str(UUID(int=number)), "node": "ask", "attempt": 1, "kind": "settle"}
    rest: dict[str, Any] = {**SOURCE, **TOKENS, "tokens_reasoning": 0, "price": Decimal("0.5")}
    ref = f"ledger-t-2026-09@{number}"
    return MonthEntry(id=UUID(int=number), recorded_at=NOW, ref=ref, **place, **rest)


@pytest.fixture
def mine(world: World) -> UUID:
    world.reads.entries_of[world.tenant] = [entry(number) for number in range(1, 8)]
    run = MonthRun(run=str(UUID(int=1)), **SOURCE, calls=1, tokens=7, price=Decimal("0.5"))
    world.reads.runs_of[world.tenant] = [run, replace(run, run=str(UUID(int=2)))]
    return add_invoice(world.reads, world.tenant, world.partner, uuid4())


def rows(response: httpx2.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.text)))


async def test_an_invoice_can_be_drilled_down_to_its_entries(
    mine: UUID, anna: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "PAGE", 3)
    found = {
        per: rows(await anna.get(f"/invoices/{mine}/lines.csv?per={per}")) for per in ("line", "run", "entry")
    }
    assert [row["amount"] for row in found["line"]] == ["12.34"]
    assert [row["run"] for row in found["run"]] == [str(UUID(int=1)), str(UUID(int=2))]
    assert [row["ref"][-2:] for row in found["entry"]] == [f"@{n}" for n in range(1, 8)]
    assert not {"cost", "commission"} & found["entry"][0].keys()


async def test_the_same_as_json_and_parquet(mine: UUID, anna: httpx2.AsyncClient) -> None:
    told = await anna.get(f"/invoices/{mine}/lines.json?per=entry")
    assert [row["price"] for row in told.json()] == ["0.5"] * 7
    file = await anna.get(f"/invoices/{mine}/lines.parquet")
    assert file.content[:4] == file.content[-4:] == b"PAR1"
    assert file.headers["content-disposition"] == 'attachment; filename="NW-000042-line.parquet"'
    problem(await anna.get(f"/invoices/{mine}/lines.xlsx"), 422, "request.invalid")


class Log:
    async def proofs_for(self, scope: Scope, refs: Sequence[str]) -> Mapping[str, Any]:
        return {refs[0]: {"leaf": 7}}


async def test_the_proof_file_has_the_hashes_of_what_is_handed_out(
    world: World, mine: UUID, anna: httpx2.AsyncClient
) -> None:
    world.app.state.deps = replace(world.app.state.deps, proofs=Log())
    told = (await anna.get(f"/invoices/{mine}/proof")).json()
    assert told["document_hash"] == world.reads.invoices_of[mine].document_hash
    assert len(told["files"]) == 9
    for name, known in told["files"].items():
        per, form = name.split(".")
        file = await anna.get(f"/invoices/{mine}/lines.{form}?per={per}")
        assert sha256(file.content).hexdigest() == known
    assert (len(told["entries"]), told["proofs"]) == (7, {"ledger-t-2026-09@1": {"leaf": 7}})


async def test_what_is_too_much_for_one_file_is_refused(
    mine: UUID, anna: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_RUNS", 1)
    monkeypatch.setattr(exports, "MOST_PROVED", 6)
    problem(await anna.get(f"/invoices/{mine}/lines.csv?per=run"), 413, "export.too_large")
    problem(await anna.get(f"/invoices/{mine}/proof"), 413, "export.too_large")
