"""HTTP to where others tell us to send it. Only to public addresses, without redirects, in bounds."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypedDict

import httpx2

from infra.addresses import Allowed, all_reachable

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
Reason = Literal["address", "redirect", "too_large", "encoding"]

Headers = Sequence[tuple[bytes, bytes]]

USER_AGENT = (b"user-agent", b"HireBuddha")
MAX_RESPONSE_BYTES = 512 * 1024
CONNECT_SECONDS = 10.0
MAX_ADDRESSES = 4
PORTS = {"http": 80, "https": 443}
NO_KEEPALIVE = httpx2.Limits(max_connections=256, max_keepalive_connections=0)


class OutboundRefused(Exception):
    """We do not send this, or do not take that answer. The message tells nothing of our network."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: httpx2.Headers
    body: bytes


async def resolve(host: str, port: int) -> Sequence[str]:
    """As the system does, so that decimal and shortened addresses are seen for what they are."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Resolves and checks a name itself, and connects to what it checked: the name is not asked again.

    Connections are not kept: one to an address could serve another name there that was never verified.
    """

    def __init__(self, allowed: Allowed, tls: ssl.SSLContext, resolve: Resolve = resolve) -> None:
        self._allowed, self._resolve = allowed, resolve
        self._inner = httpx2.AsyncHTTPTransport(verify=tls, trust_env=False, limits=NO_KEEPALIVE)
        self.last: httpx2.Response | OutboundRefused | httpx2.HTTPError | None = None
        """What became of the newest request, for clients that tell less than they know."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        try:
            self.last = bounded(await self._send(request), self._refused)
        except (OutboundRefused, httpx2.HTTPError) as error:
            self.last = error
            raise
        return self.last

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def _send(self, request: httpx2.Request) -> httpx2.Response:
        host, addresses = request.url.host, await self._checked(request.url)
        request.extensions = {**request.extensions, "sni_hostname": request.url.raw_host.decode("ascii")}
        request.headers["accept-encoding"] = "identity"
        for number, address in enumerate(addresses, start=1):
            request.url = request.url.copy_with(host=address)
            try:
                return await self._inner.handle_async_request(request)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                if number == len(addresses):
                    raise
        raise httpx2.ConnectError(f"{host} has no address")

    async def _checked(self, url: httpx2.URL) -> Sequence[str]:
        if url.scheme not in PORTS:
            raise OutboundRefused("address", "only http and https are spoken")
        host, port = url.raw_host.decode("ascii").strip("[]"), url.port or PORTS[url.scheme]
        try:
            found = [address.partition("%")[0] for address in await self._resolve(host, port)]
        except (OSError, UnicodeError):
            raise httpx2.ConnectError("the host's name is not known") from None
        if not (self._allowed.place(host, port) or all_reachable(found, self._allowed)):
            raise OutboundRefused("address", "the host is not on the public internet")
        return found[:MAX_ADDRESSES]

    def _refused(self, refusal: OutboundRefused) -> OutboundRefused:
        self.last = refusal
        return refusal


def bounded(response: httpx2.Response, note: Callable[[OutboundRefused], OutboundRefused]) -> httpx2.Response:
    """The response with a body that ends with an error when it grows too large."""
    if response.has_redirect_location:
        raise OutboundRefused("redirect", f"the server answered {response.status_code}, a redirect")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise OutboundRefused("encoding", "the server compressed its answer unasked")
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    response.stream = BoundedStream(response.stream, note)
    return response


class BoundedStream(httpx2.AsyncByteStream):
    def __init__(
        self, inner: httpx2.AsyncByteStream, note: Callable[[OutboundRefused], OutboundRefused]
    ) -> None:
        self._inner, self._note = inner, note

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for block in self._inner:
            size += len(block)
            if size > MAX_RESPONSE_BYTES:
                message = f"the answer is larger than {MAX_RESPONSE_BYTES} bytes"
                raise self._note(OutboundRefused("too_large", message))
            yield block

    async def aclose(self) -> None:
        await self._inner.aclose()


def named_sender(headers: Headers) -> list[tuple[bytes, bytes]]:
    named = any(name.lower() == USER_AGENT[0] for name, _ in headers)
    return [*headers] if named else [USER_AGENT, *headers]


class ClientOptions(TypedDict):
    """As httpx2's clients take them, and those made of them."""

    transport: GuardedTransport
    timeout: httpx2.Timeout
    headers: Headers
    trust_env: bool


class Outbound:
    """Makes clients and sends requests. What it raises: OutboundRefused, httpx2's errors, TimeoutError."""

    def __init__(
        self, allowed: Allowed, resolve: Resolve = resolve, tls: ssl.SSLContext | None = None
    ) -> None:
        self._allowed, self._resolve = allowed, resolve
        self._tls = tls or httpx2.create_ssl_context(trust_env=False)

    @asynccontextmanager
    async def client(
        self, seconds: float, headers: Headers = ()
    ) -> AsyncIterator[tuple[httpx2.AsyncClient, GuardedTransport]]:
        """For one conversation."""
        options = self.options(seconds, headers)
        async with httpx2.AsyncClient(**options) as client:
            yield client, options["transport"]

    def options(self, seconds: float, headers: Headers = ()) -> ClientOptions:
        """Half the time is for connecting, so that its end means: nothing was sent."""
        return {
            "transport": GuardedTransport(self._allowed, self._tls, self._resolve),
            "timeout": httpx2.Timeout(None, connect=min(CONNECT_SECONDS, seconds / 2)),
            "headers": named_sender(headers),
            "trust_env": False,
        }

    async def send(
        self, method: str, url: httpx2.URL | str, seconds: float, headers: Headers = (), **body: Any
    ) -> Answer:
        """`body`: as httpx2 takes it, `json`, `data` or `content`."""
        async with (
            asyncio.timeout(seconds),
            self.client(seconds, headers) as (client, _),
            client.stream(method, url, **body) as response,
        ):
            received = b"".join([block async for block in response.aiter_raw()])
            return Answer(response.status_code, response.headers, received)
