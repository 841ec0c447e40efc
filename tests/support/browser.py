"""A browser for scripts: logs in by a name at the provider it is sent to, and goes wherever it is sent on."""

import asyncio
import sys
from urllib.parse import parse_qs, urlsplit

import httpx2

from tests.support.oidc_provider import log_in


async def go(url: str, name: str) -> None:
    [redirect] = parse_qs(urlsplit(url).query)["redirect_uri"]
    query = await log_in(url, redirect, name)
    async with httpx2.AsyncClient(trust_env=False, follow_redirects=True) as browser:
        (await browser.get(f"{redirect}?{query}")).raise_for_status()


if __name__ == "__main__":
    asyncio.run(go(*sys.argv[1:]))
