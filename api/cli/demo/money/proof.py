"""Everything is sealed and verified, taken along, and one byte is changed."""

import asyncio
import json
import subprocess
import sys
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple

from api.cli.demo.money.stage import Stage
from api.cli.telling.errors import StoryFailed
from bus.audit.reprojected import wrong_projections
from bus.audit.verify import verify
from bus.sealer import Sealer
from infra.audit import verify_ledger
from infra.audit.ledger import SealedLedger, Wanted
from infra.audit.lines import ViewName
from infra.db.pools import WORKER, async_pool
from infra.db.scope import Scope, scoped

VERIFIER = Path(verify_ledger.__file__)
PRICE = rb"\"price\":\""
VERIFIER_SECONDS = 120


class Bundle(NamedTuple):
    """What somebody may see of the ledger, and for whom the proofs are made."""

    name: str
    scope: Scope
    wanted: Wanted
    views: tuple[ViewName, ...]


async def seal_and_verify(stage: Stage) -> int:
    """How many entries were verified: all there are."""
    async with async_pool(stage.url, WORKER, max_size=2) as pool:
        sealer = Sealer(pool, stage.url, lambda: stage.keys)
        await sealer.resume()
        while await sealer.seal():
            pass
    report = await asyncio.to_thread(verify, stage.url, stage.keys, processes=1)
    wrong = [*report.findings, *await wrong_projections(stage.url)]
    if wrong or report.pending:
        raise StoryFailed(f"not verified: {wrong[0] if wrong else f'{report.pending} are not sealed'}")
    stage.voice.done(f"{report.entries} events are sealed, verified and projected as they must be")
    return report.entries


def bundles(stage: Stage) -> tuple[Bundle, Bundle]:
    partner_id, tenant = stage.cast.partner_id, stage.cast.card
    partners = Scope(partner_id=partner_id)
    tenants = Scope(tenant_id=tenant.id, partner_id=partner_id)
    return (
        Bundle("partner", partners, Wanted(partner_id=partner_id), ("tenant", "partner")),
        Bundle(tenant.subdomain, tenants, Wanted(tenant_id=tenant.id), ("tenant",)),
    )


async def take_along(stage: Stage, prices: Decimal) -> None:
    """The partner's bundle adds up to what all its tenants' entries come to, and says so by itself."""
    for bundle in bundles(stage):
        file = stage.folder / f"ledger-{bundle.name}.jsonl"
        await export(stage, bundle, file)
        said = await judged(stage, file)
        if not said.startswith("OK "):
            raise StoryFailed(f"{file.name}: {said}")
        stage.voice.done(f"{file.name}: {said}")
    partners = stage.folder / "ledger-partner.jsonl"
    if f"price={prices:f} " not in await judged(stage, partners):
        raise StoryFailed(f"the partner's bundle does not come to {prices}")
    await change_one_byte(stage, partners)


async def export(stage: Stage, bundle: Bundle, file: Path) -> None:
    ledger = SealedLedger(stage.keys, partial(scoped, stage.pool))
    with file.open("wb") as made:
        async for line in ledger.export(bundle.scope, bundle.wanted, bundle.views):
            made.write(line)


async def judged(stage: Stage, file: Path) -> str:
    """What the verifier says, which is a program of its own and needs nothing of ours."""
    command = (sys.executable, "-I", str(VERIFIER), str(file), "--key", str(stage.keys.signer.verifier))
    done = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, timeout=VERIFIER_SECONDS, check=False
    )
    said: str = (done.stdout if done.returncode == 0 else done.stderr).strip()
    return said


async def change_one_byte(stage: Stage, file: Path) -> None:
    changed = file.with_stem(f"{file.stem}-changed")
    number = changed_copy(file, changed, stage.dice)
    said = await judged(stage, changed)
    if f"entry {number}:" not in said:
        raise StoryFailed(f"the verifier says of the byte changed in entry {number}: {said}")
    stage.voice.done(f"one digit of a price changed: [bad]{said}[/]")


def changed_copy(file: Path, copy: Path, dice: Random) -> int:
    """The entry in which one digit of a price is another."""
    lines = file.read_bytes().splitlines(keepends=True)
    number = dice.choice([number for number, line in enumerate(lines) if PRICE in line])
    line = bytearray(lines[number])
    at = line.index(PRICE) + len(PRICE)
    line[at] = ord("8") if line[at] == ord("9") else ord("9")
    lines[number] = bytes(line)
    copy.write_bytes(b"".join(lines))
    return int(json.loads(line)["seq"])
