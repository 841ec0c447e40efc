"""Signing in beside the hash alone, and what others notice of many who do."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import quantiles
from uuid import uuid4

import httpx2

from api.adapters.vault import Accounts, opened_accounts
from infra.crypto.master_key import NAME as MASTER_KEY
from infra.crypto.master_key import key_in
from infra.crypto.passwords import Passwords
from schemas.access import Role
from schemas.base import UserId
from schemas.identity.commands import GrantMembership, RegisterUser
from schemas.identity.types import Place
from tests.benchmarks.figures import Figure, Reference
from tests.benchmarks.measure import REPETITIONS, Spread, rate
from tests.benchmarks.setting import Result
from tests.benchmarks.stage import UNLIMITED, Broken, Stage
from tests.support.client import PLATFORM_ITSELF
from tests.support.platform import RunningPlatform, running_platform

PASSWORD = "a password of the bench"
PEOPLE = 32
"""Each signs in alone: attempts at one account wait for each other."""

IN_FLIGHT = 8
SECONDS, QUICK_SECONDS = 8, 2
PAUSE_SECONDS = 0.01
MOST_TIMES = 3.0
PARALLEL_HASHES = 2
OPEN = {"rate_limits": "off"}


async def measure(stage: Stage) -> Result:
    seconds = stage.pick(SECONDS, QUICK_SECONDS)
    async with signed_up(stage) as (emails, client):
        stage.say("hashing alone")
        hashes = await hashes_per_second(seconds / REPETITIONS)
        token = await sign_in(client, emails[0])
        stage.say("others, idle")
        idle = await p99_of_others(client, token, seconds)
        stage.say("signing in")
        logins, busy = await while_many_sign_in(client, emails, token, seconds)
    shape = f"{PEOPLE} people, {IN_FLIGHT} at a time, over HTTP; Argon2id with 64 MiB and 3 passes"
    notice = "p99 of GET /auth/me every 10 ms while they do"
    return Result(
        [
            Figure("sign-ins", "/s", logins, shape, (Reference("hashes alone", hashes, "2 at a time"),)),
            Figure(
                "others meanwhile, p99",
                "ms",
                busy,
                notice,
                (
                    Reference("idle", idle, "the same with nobody signing in"),
                    Reference("wanted", Spread.once(idle.median * MOST_TIMES), "at most"),
                ),
            ),
        ]
    )


@asynccontextmanager
async def signed_up(
    stage: Stage,
) -> AsyncIterator[tuple[Sequence[str], httpx2.AsyncClient]]:
    data = Path(tempfile.mkdtemp(prefix="hb-bench-"))
    try:
        async with running_platform(
            data, scripted_llm_url=stage.llm_url, settings={**UNLIMITED, **OPEN}, with_api=True
        ) as platform:
            master = key_in(platform.data / MASTER_KEY)
            async with opened_accounts(platform.database_url, master) as accounts:
                emails = [await person(platform, accounts, number) for number in range(PEOPLE)]
            limits = httpx2.Limits(max_connections=IN_FLIGHT * 2)
            async with httpx2.AsyncClient(
                base_url=platform.api_url, trust_env=False, timeout=60, limits=limits
            ) as client:
                await until_known(client, emails[-1])
                yield emails, client
    finally:
        shutil.rmtree(data, ignore_errors=True)


async def person(platform: RunningPlatform, accounts: Accounts, number: int) -> str:
    email, user_id = f"p{number}@bench.example", UserId(uuid4())
    await accounts.passwords.create(user_id, await Passwords(concurrent=1).hash(PASSWORD))
    who = await accounts.people.person(user_id, email, "Bench")
    await platform.client.do(RegisterUser(**dict(who), verified=True), PLATFORM_ITSELF)
    grant = GrantMembership(place=Place(), person=who, role=Role.PLATFORM_AUDITOR)
    await platform.client.do(grant, PLATFORM_ITSELF)
    return email


async def until_known(client: httpx2.AsyncClient, email: str) -> None:
    """The read side follows."""
    for _ in range(100):
        if (await attempt(client, email)).status_code == 200:
            return
        await asyncio.sleep(0.1)
    raise Broken(f"{email} cannot sign in")


async def attempt(client: httpx2.AsyncClient, email: str) -> httpx2.Response:
    form = {"grant_type": "password", "username": email, "password": PASSWORD}
    return await client.post("/auth/token", data=form)


async def sign_in(client: httpx2.AsyncClient, email: str) -> str:
    response = await attempt(client, email)
    if response.status_code != 200:
        raise Broken(response.text)
    return str(response.json()["access_token"])


async def hashes_per_second(seconds: float) -> Spread:
    hasher = Passwords(concurrent=PARALLEL_HASHES)
    stored = await hasher.hash(PASSWORD)
    found = [
        await rate(lambda: hasher.verify(stored, PASSWORD), PARALLEL_HASHES, seconds)
        for _ in range(REPETITIONS)
    ]
    return Spread.of(found)


async def p99_of_others(client: httpx2.AsyncClient, token: str, seconds: float) -> Spread:
    took: list[float] = []
    headers = {"Authorization": f"Bearer {token}"}
    end = time.perf_counter() + seconds
    while (begin := time.perf_counter()) < end:
        response = await client.get("/auth/me", headers=headers)
        took.append((time.perf_counter() - begin) * 1_000)
        if response.status_code != 200:
            raise Broken(response.text)
        await asyncio.sleep(PAUSE_SECONDS)
    return Spread.once(quantiles(took, n=100)[98])


async def while_many_sign_in(
    client: httpx2.AsyncClient, emails: Sequence[str], token: str, seconds: float
) -> tuple[Spread, Spread]:
    free = list(emails)

    async def one() -> None:
        email = free.pop()
        try:
            await sign_in(client, email)
        finally:
            free.insert(0, email)

    logins, others = await asyncio.gather(
        rate(one, IN_FLIGHT, seconds), p99_of_others(client, token, seconds)
    )
    return Spread.once(logins), others
