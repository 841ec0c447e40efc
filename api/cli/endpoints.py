"""Where the running platform is: from the settings, or from what `up` wrote into the data folder."""

import json
from pathlib import Path

from api.cli.errors import NothingRuns
from infra.embedded import owner_only
from infra.embedded.backends import Endpoints
from infra.embedded.lock import holder
from infra.settings import Settings

NAME = "endpoints.json"


def remember(data_dir: Path, endpoints: Endpoints) -> None:
    """Readable by its owner only: a database address may hold a password."""
    owner_only.write(data_dir / NAME, json.dumps(endpoints.settings()))


def forget(data_dir: Path) -> None:
    (data_dir / NAME).unlink(missing_ok=True)


def find(settings: Settings) -> Endpoints:
    """Settings win over what is remembered. Raises NothingRuns."""
    known = remembered(settings.data_dir) | named(settings)
    if "database_url" not in known or "nats_url" not in known:
        raise NothingRuns(settings.data_dir)
    return Endpoints(
        database_url=known["database_url"],
        nats_url=known["nats_url"],
        nats_monitor_url=known.get("nats_monitor_url"),
        local_model_url=known.get("local_model_url"),
    )


def named(settings: Settings) -> dict[str, str]:
    names = ("database_url", "nats_url", "nats_monitor_url", "local_model_url")
    return {name: value for name in names if (value := getattr(settings, name)) is not None}


def remembered(data_dir: Path) -> dict[str, str]:
    """Nothing when nobody holds the folder: a killed `up` leaves its file behind."""
    file = data_dir / NAME
    if holder(data_dir) is None or not file.exists():
        return {}
    found: dict[str, str] = json.loads(file.read_text())
    return found
