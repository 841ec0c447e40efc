"""Text that makes patterns, schemas and expressions work for ever: it is refused, or done at once.

Each is asked for in a process of its own: what holds the interpreter cannot be stopped from within.
"""

import subprocess
import sys

import pytest

MOST_SECONDS = 60
"""Far more than a start of Python takes on a busy machine, far less than for ever."""

WORK = {
    "e-mail addresses": "from schemas.email import *\n"
    "for t in ('a@' + 'a-' * 5000, 'a' * 200 + '@' + 'x.' * 20, 'a@xn--' + 'a' * 240, '@' * 254):\n"
    "    try: normalised(t)\n    except BadEmail: pass",
    "subdomains": "from schemas.subdomain import *\n"
    "try: accepted('a' + '-a' * 500_000)\nexcept BadSubdomain: pass",
    "request ids": "from api.middleware import REQUEST_ID\nassert not REQUEST_ID.fullmatch('a' * 10**6)",
    "entries": "from api.entry_refs import REF\nassert not REF.fullmatch('ledger-' + '0' * 10**6)",
    "a schema's pattern": "import jsonschema_rs\n"
    "v = jsonschema_rs.validator_for({'type': 'string', 'pattern': '^(a+)+$'})\nv.is_valid('a' * 40 + '!')",
}


@pytest.mark.parametrize("what", WORK)
def test_no_text_keeps_us_busy(what: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WORK[what]], timeout=MOST_SECONDS, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
