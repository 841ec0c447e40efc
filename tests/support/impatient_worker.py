"""A worker whose leases run out after two seconds; with a seed, messages reach it in disorder.

`python -m tests.support.impatient_worker --disorder 7 --role all`
"""

import argparse

import uvloop

from bus import app, failpoints
from bus.failures import Patience
from infra import telemetry
from infra.settings import load
from tests.support import disorder

IMPATIENT = Patience(pauses=(0.1, 0.3, 1.0), ack_wait=2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--disorder", default="")
    parser.add_argument("--role", required=True)
    asked = parser.parse_args()
    if asked.disorder:
        disorder.install(asked.disorder)
    settings = load()
    failpoints.arm(settings.failpoints)
    telemetry.setup(settings, f"impatient-{asked.role}")
    roles = app.ROLES if asked.role == "all" else tuple(asked.role.split(","))
    uvloop.run(app.run(settings, roles, IMPATIENT))


if __name__ == "__main__":
    main()
