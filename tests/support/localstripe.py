"""localstripe as a process of its own: it is under the GPL, so nothing of it is ever imported here."""

import json
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError

from infra.embedded.ports import free_ports

PATIENCE_SECONDS = 20.0
GOOD, DECLINED, REFUSED = "4242424242424242", "4000000000000341", "4000000000000002"
"""Card numbers of Stripe's test page. The second is taken, and declined when it is charged."""


@contextmanager
def localstripe() -> Iterator[str]:
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "localstripe", "--from-scratch", "--port", str(port)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for(url)
            yield url
        finally:
            process.terminate()


def wait_for(url: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            post(url, "/_config/data", method="DELETE")
            return
        except URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def make_card(url: str, number: str) -> str:
    """As the payer's browser does: the number goes to Stripe, and a name for it comes back."""
    card = {"number": number, "exp_month": "12", "exp_year": "2030", "cvc": "123"}
    fields = {"type": "card", **{f"card[{name}]": value for name, value in card.items()}}
    return post(url, "/v1/payment_methods", fields)


def post(url: str, path: str, fields: dict[str, str] | None = None, method: str = "POST") -> str:
    body = urllib.parse.urlencode(fields or {}).encode()
    headers = {"Authorization": "Bearer sk_test_x", "Content-Type": "application/x-www-form-urlencoded"}
    request = urllib.request.Request(url + path, body, headers, method=method)
    with urllib.request.urlopen(request, timeout=5) as response:
        told = json.loads(response.read() or b"{}")
    return str(told.get("id", ""))
