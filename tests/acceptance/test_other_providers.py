"""Signing in with a real provider at the platform as it runs: API, workers, Postgres, NATS."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pyotp
import pytest

from tests.support.oidc_provider import RealProvider, log_in, real_providers
from tests.support.platform import RunningPlatform, running_platform

API = "http://app.test"
TRIES = 30
NOT_YET = ("auth.account_not_ready", "auth.no_membership")
CALLBACK = f"{API}/auth/oidc/real/callback"


@pytest.fixture(scope="module")
def peer() -> Iterator[RealProvider]:
    with real_providers([CALLBACK]) as [made]:
        yield made


@pytest.fixture(scope="module")
async def platform(peer: RealProvider) -> AsyncIterator[RunningPlatform]:
    data = Path(tempfile.mkdtemp(prefix="hb-providers-"))
    named = {"real": {"issuer": peer.issuer, "client_id": peer.client, "client_secret": peer.secret}}
    settings = {"oidc_providers": json.dumps(named), "api_url": API, "command_wait_seconds": "20"}
    async with running_platform(data, processes=("all",), settings=settings, with_api=True) as running:
        yield running
    shutil.rmtree(data, ignore_errors=True)


async def came(browser: httpx2.AsyncClient, name: str) -> httpx2.Response:
    start = await browser.get("/auth/oidc/real/start", params={"mode": "api"})
    assert start.status_code == 200, start.text
    query = await log_in(start.json()["url"], CALLBACK, name)
    return await browser.get(f"/auth/oidc/real/callback?{query}")


async def let_in(browser: httpx2.AsyncClient, name: str) -> httpx2.Response:
    """On a slow machine the account may take longer than the request: they come again, as they are told."""
    for _ in range(TRIES):
        answer = await came(browser, name)
        if answer.status_code == 200:
            return answer
        assert answer.json()["code"] in NOT_YET, answer.text
        await asyncio.sleep(1)
    raise AssertionError(f"not let in after {TRIES} tries")


async def test_a_stranger_registers_comes_back_and_gets_a_second_factor(platform: RunningPlatform) -> None:
    async with httpx2.AsyncClient(base_url=platform.api_url, timeout=60) as browser:
        first = await let_in(browser, "ada")
        bearer = {"Authorization": f"Bearer {first.json()['token']['access_token']}"}
        me = (await browser.get("/auth/me", headers=bearer)).json()
        assert (me["email"], me["role"]) == ("ada@people.example", "tenant_owner")
        enrolled = (await browser.post("/auth/factors/totp", headers=bearer)).json()
        app = pyotp.TOTP(enrolled["secret"])
        confirm = {"code": app.now()}
        made = await browser.post("/auth/factors/totp/confirm", json=confirm, headers=bearer)
        assert len(made.json()["recovery_codes"]) == 10, made.text
        again = await came(browser, "ada")
        assert (again.status_code, again.json()["code"]) == (401, "auth.mfa_required")
        body = {"mfa_token": again.json()["mfa_token"], "recovery_code": made.json()["recovery_codes"][0]}
        token = (await browser.post("/auth/token/mfa", json=body)).json()["access_token"]
        known = await browser.get("/auth/me", headers={"Authorization": f"Bearer {token}"})
        assert known.json()["id"] == me["id"]


async def test_an_unverified_address_registers_nobody(platform: RunningPlatform) -> None:
    async with httpx2.AsyncClient(base_url=platform.api_url, timeout=60) as browser:
        refused = await came(browser, "unverified-eve")
    assert (refused.status_code, refused.json()["code"]) == (403, "oidc.email_unverified")
