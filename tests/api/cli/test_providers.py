"""Signing in with another provider from the command line, whose browser the test is."""

import json
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from api.cli import providers
from api.cli.errors import Refused
from api.cli.kept_login import Here
from tests.api.cli.answering import TOKEN, Edge, refusing

CALLBACK = "GET /auth/oidc/real/callback"
MFA = refusing(401, "auth.mfa_required", mfa_token="m1", methods=["totp"])


def departing(port: int) -> httpx2.Response:
    return httpx2.Response(200, json={"url": f"https://id.example/authorize?state=s.{port}"})


@pytest.fixture(autouse=True)
def platform(edge: Edge, at: Here) -> None:
    at.keep(TOKEN)
    edge.answers |= {
        "GET /auth/oidc/real/start": lambda request: departing(int(request.url.params["port"])),
        "POST /auth/oidc/real/link": lambda request: departing(json.loads(request.content)["port"]),
        CALLBACK: {"token": TOKEN, "linked": None},
    }


def comes_back(address: str) -> bool:
    """As the platform sends the browser on."""
    [state] = parse_qs(urlsplit(address).query)["state"]
    with httpx2.Client(trust_env=False) as client:
        answer = client.get(f"http://127.0.0.1:{state.partition('.')[2]}/?state={state}&code=c")
    return answer.status_code == 200


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webbrowser.open", comes_back)


def query_at(edge: Edge) -> dict[str, Any]:
    [request] = [one for one in edge.seen if f"{one.method} {one.url.path}" == CALLBACK]
    return dict(request.url.params)


@pytest.mark.usefixtures("browser")
def test_what_the_browser_brings_is_handed_to_the_platform(edge: Edge, at: Here) -> None:
    assert providers.sign_in(at, "real", None, browser=True) == TOKEN
    assert query_at(edge)["code"] == "c"


@pytest.mark.usefixtures("browser")
def test_a_second_factor_is_asked_for_after_a_provider_too(edge: Edge, at: Here) -> None:
    edge.answers |= {CALLBACK: MFA, "POST /auth/token/mfa": TOKEN}
    assert providers.sign_in(at, "real", "287082", browser=True) == TOKEN
    assert json.loads(edge.seen[-1].content) == {"mfa_token": "m1", "totp": "287082"}


@pytest.mark.usefixtures("browser")
def test_the_cookie_of_the_beginning_comes_along_at_the_end(edge: Edge, at: Here) -> None:
    def begin(request: httpx2.Request) -> httpx2.Response:
        answer = departing(int(request.url.params["port"]))
        answer.headers["set-cookie"] = "hb_browser=b1; Path=/"
        return answer

    edge.answers["GET /auth/oidc/real/start"] = begin
    providers.sign_in(at, "real", None, browser=True)
    assert edge.seen[-1].headers["cookie"] == "hb_browser=b1"


@pytest.mark.usefixtures("browser")
def test_linking_is_begun_as_who_is_signed_in(edge: Edge, at: Here) -> None:
    edge.answers[CALLBACK] = {"token": None, "linked": "real"}
    providers.link(at, "real", browser=True)
    assert edge.bearers("/auth/oidc/real/link") == ["Bearer a1"]
    assert query_at(edge)["code"] == "c"


def test_without_a_browser_the_address_is_told(
    edge: Edge, at: Here, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    show = providers.show

    def shown(address: str, browser: bool) -> None:
        show(address, browser)
        Thread(target=comes_back, args=[address]).start()

    monkeypatch.setattr(providers, "show", shown)
    providers.sign_in(at, "real", None, browser=False)
    assert f"https://id.example/authorize?state={query_at(edge)['state']}" in capsys.readouterr().out


@pytest.mark.parametrize("url", ["file:///etc/passwd?state=s", "https://id.example/authorize"])
def test_a_browser_is_sent_to_no_odd_place(
    edge: Edge, at: Here, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr("webbrowser.open", pytest.fail)
    edge.answers["GET /auth/oidc/real/start"] = {"url": url}
    with pytest.raises(Refused, match="no provider"):
        providers.sign_in(at, "real", None, browser=True)
