"""Who is signed in on this machine: tokens in a file of the data folder, readable by its owner only."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
from pydantic import BaseModel, ConfigDict, ValidationError

from api.cli.edge import TIMEOUT, told
from api.cli.errors import Refused
from infra.settings import Settings

NAME = "login.json"
OVER = ("auth.expired_token", "auth.stale_token", "auth.invalid_token")
Http = Callable[[str], AbstractContextManager[httpx2.Client]]


class Login(BaseModel):
    model_config = ConfigDict(frozen=True)

    url: str
    access_token: str
    refresh_token: str


def client_of(url: str) -> httpx2.Client:
    """A proxy from the environment must not come between us and our own machine."""
    return httpx2.Client(base_url=url, timeout=TIMEOUT, trust_env=False)


@dataclass(frozen=True)
class Here:
    """The API from this machine, as nobody or as who is signed in."""

    file: Path
    url: str
    open: Http = client_of

    @contextmanager
    def visit(self, url: str) -> Iterator["Here"]:
        """As a browser does: a cookie of one answer comes along with what is asked next."""
        with self.open(url) as client:
            yield replace(self, url=url, open=lambda _: nullcontext(client))

    def ask(self, method: str, path: str, **options: Any) -> Any:
        """As nobody."""
        return told(self._send(self.url, method, path, **options), queued=True)

    def call(self, method: str, path: str, **options: Any) -> Any:
        """As who is signed in, with the next tokens when these are over."""
        login = self.login()
        response = self._as(login, method, path, **options)
        if response.status_code == 401 and response.json().get("code") in OVER:
            response = self._as(self._refreshed(login), method, path, **options)
        return told(response)

    def with_token(self, access_token: str, method: str, path: str, **options: Any) -> Any:
        """As whoever that token says."""
        login = self.login().model_copy(update={"access_token": access_token})
        return told(self._as(login, method, path, **options))

    def keep(self, token: dict[str, Any], url: str | None = None) -> None:
        """Never seen half written, nor by others."""
        login = Login(
            url=url or self.url, **{name: token[name] for name in ("access_token", "refresh_token")}
        )
        self.file.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=self.file.parent, prefix=".login-")
        with os.fdopen(handle, "w") as file:
            file.write(login.model_dump_json())
        Path(draft).replace(self.file)

    def change(self, access_token: str) -> None:
        login = self.login()
        self.keep({"access_token": access_token, "refresh_token": login.refresh_token}, login.url)

    def forget(self) -> None:
        self.file.unlink(missing_ok=True)

    def login(self) -> Login:
        try:
            return Login.model_validate_json(self.file.read_text())
        except (FileNotFoundError, ValidationError) as error:
            raise Refused("nobody is signed in here.", "hb login") from error

    def _refreshed(self, login: Login) -> Login:
        body = {"refresh_token": login.refresh_token}
        try:
            self.keep(told(self._send(login.url, "POST", "/auth/refresh", json=body)), login.url)
        except Refused:
            self.forget()
            raise
        return self.login()

    def _as(self, login: Login, method: str, path: str, **options: Any) -> httpx2.Response:
        bearer = {"Authorization": f"Bearer {login.access_token}"}
        return self._send(login.url, method, path, headers=bearer, **options)

    def _send(self, url: str, method: str, path: str, **options: Any) -> httpx2.Response:
        try:
            with self.open(url) as client:
                return client.request(method, path, **options)
        except httpx2.HTTPError as error:
            raise Refused(f"{url} does not answer: {error}.", "Is it up?") from error


def here(settings: Settings, url: str | None = None) -> Here:
    base = url or f"http://{settings.api_host}:{settings.api_port}"
    return Here(settings.data_dir / NAME, base.rstrip("/"))
