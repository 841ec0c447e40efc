"""The API, as a user of a tenant whose command line this is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from api.cli.errors import Refused
from api.cli.options import settings_for

TIMEOUT = httpx2.Timeout(60.0)
NEXT = {
    "auth.step_up_required": "hb step-up, then try again.",
    "auth.second_factor_required": "hb step-up --code, or hb step-up --passkey.",
    "auth.mfa_expired": "hb login",
    "oidc.provider_unknown": "hb identities list tells which there are.",
    "oidc.sign_in_to_link": "hb login, then hb identities link.",
}
"""What to do about some of the answers, here."""


@dataclass(frozen=True)
class Edge:
    """`open`: makes a client, logged in as nobody yet."""

    open: Callable[[], httpx2.Client]
    email: str
    password: str

    def call(self, method: str, path: str, **options: Any) -> Any:
        """The answer as JSON. A problem is Refused, with all that is wrong."""
        with self.open() as client:
            try:
                token = told(client.post("/auth/token", data=self.form()))["access_token"]
                headers = {"Authorization": f"Bearer {token}"}
                return told(client.request(method, path, headers=headers, **options))
            except httpx2.HTTPError as error:
                raise Refused(f"{client.base_url} does not answer: {error}.", "Is it up?") from error

    def form(self) -> dict[str, str]:
        return {"username": self.email, "password": self.password}


def login(data: Path | None, url: str | None, email: str, password: str) -> Edge:
    settings = settings_for(data)
    base = url or f"http://{settings.api_host}:{settings.api_port}"
    # A proxy from the environment must not come between us and our own machine.
    return Edge(lambda: httpx2.Client(base_url=base, timeout=TIMEOUT, trust_env=False), email, password)


def told(response: httpx2.Response, queued: bool = False) -> Any:
    """`queued`: that it will be done later is all that is told of it."""
    if response.status_code == httpx2.codes.ACCEPTED and not queued:
        raise Refused("it is queued, and not decided yet.", "Do it again in a moment.")
    if response.is_success:
        return response.json()
    try:
        problem = response.json()
    except ValueError:
        raise Refused(f"the platform answered {response.status_code}.", "") from None
    more = [f"{one.get('path') or '-'}: {one['message']} ({one['code']})" for one in problem["problems"]]
    code = problem["code"]
    raise Refused("\n".join([f"{problem['detail']} ({code})", *more]), NEXT.get(code, ""), problem)
