import asyncio
import gzip
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx2
import pytest

from infra.addresses import Allowed, allow_list
from infra.outbound import MAX_RESPONSE_BYTES, Outbound, OutboundRefused
from tests.support.certificates import contexts_for
from tests.support.tool_server import Asked, ToolServer, answer, tool_server

SECONDS = 20.0


@pytest.fixture
async def server() -> AsyncIterator[ToolServer]:
    async with tool_server() as found:
        yield found


class Names:
    """Answers each question with the next of the answers, the last one for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers, self.asked = list(answers), 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def open_to(server: ToolServer) -> Outbound:
    return Outbound(allow_list(server.place))


async def refusal(outbound: Outbound, url: str) -> OutboundRefused:
    with pytest.raises(OutboundRefused) as caught:
        await outbound.send("GET", url, SECONDS)
    return caught.value


async def test_an_allowed_place_is_asked_once(server: ToolServer) -> None:
    server.reply = lambda asked: answer(200, b"hello", content_type="text/plain")
    got = await open_to(server).send("POST", f"{server.url}/a%2Fb?x=1", SECONDS, [(b"x-a", b"1")], json=[1])
    assert (got.status, got.body, got.headers["content-type"]) == (200, b"hello", "text/plain")
    (asked,) = server.asked
    assert (asked.method, asked.target, asked.body) == ("POST", "/a%2Fb?x=1", b"[1]")
    assert (asked.headers["host"], asked.headers["x-a"]) == (server.place, "1")
    assert asked.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]", "0"]
)
async def test_our_own_machine_is_not_asked_however_it_is_written(server: ToolServer, host: str) -> None:
    told = await refusal(Outbound(Allowed()), f"http://{host}:{server.port}/")
    assert told.reason == "address"
    assert "127.0.0.1" not in str(told)
    assert server.asked == []


@pytest.mark.parametrize(
    "found", [["10.0.0.1"], ["1.1.1.1", "10.0.0.1"], ["169.254.169.254"], ["fe80::1%eth0"]]
)
async def test_a_name_with_a_private_address_is_refused(found: list[str]) -> None:
    told = await refusal(Outbound(Allowed(), Names(found)), "http://shop.example/")
    assert told.reason == "address"


async def test_a_name_that_changes_after_the_check_changes_nothing(server: ToolServer) -> None:
    """The checked address is connected to: the name is not asked a second time."""
    names = Names(["127.0.0.2"], ["127.0.0.1"])
    outbound = Outbound(allow_list("127.0.0.2/32"), names)
    with pytest.raises(httpx2.ConnectError):
        await outbound.send("GET", f"http://shop.example:{server.port}/", SECONDS)
    assert (names.asked, server.asked) == (1, [])


async def test_the_host_is_told_by_its_name(server: ToolServer) -> None:
    outbound = Outbound(allow_list("127.0.0.0/8"), Names(["127.0.0.1"]))
    await outbound.send("GET", f"http://shop.example:{server.port}/", SECONDS)
    assert server.asked[0].headers["host"] == f"shop.example:{server.port}"


async def test_a_certificate_is_checked_against_the_name_not_the_address(tmp_path: Path) -> None:
    tls, trusting = contexts_for("shop.example", tmp_path)
    async with tool_server(tls) as server:
        outbound = Outbound(allow_list("127.0.0.0/8"), Names(["127.0.0.1"]), trusting)
        assert (await outbound.send("GET", f"https://shop.example:{server.port}/", SECONDS)).status == 200
        for host in ("evil.example", "127.0.0.1"):
            with pytest.raises(httpx2.ConnectError, match="certificate"):
                await outbound.send("GET", f"https://{host}:{server.port}/", SECONDS)
    assert len(server.asked) == 1


async def test_an_address_that_does_not_answer_is_passed_over(server: ToolServer) -> None:
    outbound = Outbound(allow_list("127.0.0.0/8"), Names(["127.0.0.2", "127.0.0.1"]))
    assert (await outbound.send("GET", f"http://shop.example:{server.port}/", SECONDS)).status == 200


async def test_a_name_nobody_knows_is_no_connection() -> None:
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError(-2, "Name or service not known")

    with pytest.raises(httpx2.ConnectError):
        await Outbound(Allowed(), unknown).send("GET", "http://nowhere.example/", SECONDS)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(server: ToolServer, status: int) -> None:
    server.reply = lambda asked: answer(status, location="http://169.254.169.254/")
    assert (await refusal(open_to(server), server.url)).reason == "redirect"
    assert len(server.asked) == 1


async def test_an_answer_is_taken_up_to_its_limit(server: ToolServer) -> None:
    size = MAX_RESPONSE_BYTES
    server.reply = lambda asked: answer(200, b"x" * size)
    assert len((await open_to(server).send("GET", server.url, SECONDS)).body) == size
    size += 1
    assert (await refusal(open_to(server), server.url)).reason == "too_large"


async def test_an_answer_without_end_is_cut_off(server: ToolServer) -> None:
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    server.reply = lambda asked: b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + chunk * 20
    assert (await refusal(open_to(server), server.url)).reason == "too_large"


async def test_a_compressed_answer_is_not_unpacked(server: ToolServer) -> None:
    bomb = gzip.compress(b"0" * 10_000_000)
    server.reply = lambda asked: answer(200, bomb, content_encoding="gzip")
    assert (await refusal(open_to(server), server.url)).reason == "encoding"


async def test_only_http_is_spoken() -> None:
    for url in ("ftp://shop.example/", "file:///etc/passwd"):
        with pytest.raises((OutboundRefused, httpx2.HTTPError)):
            await Outbound(Allowed(), Names(["1.1.1.1"])).send("GET", url, SECONDS)


async def test_no_answer_ends_in_time(server: ToolServer) -> None:
    def silent(asked: Asked) -> None:
        return None

    server.reply = silent
    with pytest.raises(TimeoutError):
        await open_to(server).send("GET", server.url, 0.2)


async def test_many_at_once(server: ToolServer) -> None:
    outbound = open_to(server)
    answers = await asyncio.gather(*(outbound.send("GET", server.url, SECONDS) for _ in range(30)))
    assert {one.status for one in answers} == {200}
