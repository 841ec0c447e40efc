"""`hb witness`."""

import time
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from api.cli.errors import Refused
from api.cli.look import TICK, out
from api.serve import OPTIONS
from infra.audit.notes import BadKey, Verifier
from infra.witness.folder import Folder, create
from infra.witness.service import witness_app

AT_ONCE = 32


def make(path: Path, name: str, ledger: Sequence[str]) -> None:
    try:
        made = create(path, name, [Verifier.read(one) for one in ledger])
    except BadKey as error:
        raise Refused(f"{error}.", "`hb audit key` prints the ledger's.") from error
    out.print(f"{TICK} {path} is a witness of {made.ledger[0].name}. Its public key:", soft_wrap=True)
    out.print(str(made.cosigner.witness), soft_wrap=True)


def show_key(path: Path) -> None:
    out.print(str(Folder(path).cosigner.witness), soft_wrap=True)


def serve(path: Path, host: str, port: int) -> None:
    folder = Folder(path)
    folder.lock()
    out.print(f"{TICK} {folder.cosigner.name} has seen {folder.seen.size:,} entries", soft_wrap=True)
    out.print(f"  http://{host}:{port}/add-checkpoint", soft_wrap=True)
    app = witness_app(folder, time.time)
    uvicorn.run(
        app, host=host, port=port, lifespan="off", log_level="warning", limit_concurrency=AT_ONCE, **OPTIONS
    )
