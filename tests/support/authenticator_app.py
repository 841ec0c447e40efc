"""An authenticator app for scripts: `scan` takes the secret of what is piped in; else it shows a code."""

import re
import sys
import time
from pathlib import Path

import pyotp

STEP_SECONDS = 30


def scan(file: Path) -> None:
    told = sys.stdin.read()
    found = re.search(r"secret=(\w+)", told)
    assert found, told
    file.write_text(f"{found[1]} 0")


def show(file: Path) -> None:
    """The present code, or the next one: a clock may be half a minute ahead, and each code is good once."""
    secret, last = file.read_text().split()
    step = max(int(time.time()) // STEP_SECONDS, int(last) + 1)
    file.write_text(f"{secret} {step}")
    print(pyotp.TOTP(secret).at(step * STEP_SECONDS))


if __name__ == "__main__":
    phone, *wish = sys.argv[1:]
    (scan if wish == ["scan"] else show)(Path(phone))
