"""A worker whose leases run out after two seconds. `python -m tests.support.impatient_worker --role all`"""

import sys

import uvloop

from bus import app, failpoints
from bus.failures import Patience
from infra import telemetry
from infra.settings import load

IMPATIENT = Patience(pauses=(0.1, 0.3, 1.0), ack_wait=2)

if __name__ == "__main__":
    settings, roles = load(), sys.argv[-1]
    failpoints.arm(settings.failpoints)
    telemetry.setup(settings, f"impatient-{roles}")
    uvloop.run(app.run(settings, app.ROLES if roles == "all" else tuple(roles.split(",")), IMPATIENT))
