"""The online check against a real server that speaks the range protocol."""

from collections.abc import AsyncIterator
from hashlib import sha1

import pytest

from infra.addresses import Allowed, allow_list
from infra.identity.breached_passwords import Checked, RangeCheck, breach_check, not_asked
from infra.identity.choosing import Judged, judged
from infra.identity.password_policy import About
from infra.outbound import Outbound
from tests.support.tool_server import Asked, ToolServer, answer, tool_server

LEAKED, PADDING, SAFE = "staple wrong donkey", "a padded sentence", "nobody ever used this"


def digest(password: str) -> str:
    return sha1(password.encode()).hexdigest().upper()


def ranges(asked: Asked) -> bytes:
    prefix = asked.target.rpartition("/")[2]
    lines = [f"{digest(LEAKED)}:42", f"{digest(PADDING)}:0"]
    body = "\r\n".join(line[5:] for line in lines if line.startswith(prefix))
    return answer(200, body.encode(), content_type="text/plain")


@pytest.fixture
async def server() -> AsyncIterator[ToolServer]:
    async with tool_server() as found:
        found.reply = ranges
        yield found


def check_at(server: ToolServer, seconds: float = 20.0) -> RangeCheck:
    return RangeCheck(Outbound(allow_list(server.place)), f"{server.url}/range/", seconds)


async def test_a_leaked_password_is_known(server: ToolServer) -> None:
    check = check_at(server)
    assert await check(LEAKED) == Checked(breached=True)
    assert await check(PADDING) == Checked()
    assert await check(SAFE) == Checked()


async def test_only_five_digits_are_told(server: ToolServer) -> None:
    await check_at(server)(LEAKED)
    (asked,) = server.asked
    assert asked.target == f"/range/{digest(LEAKED)[:5]}"
    assert asked.headers["add-padding"] == "true"
    assert digest(LEAKED)[5:] not in str(asked)


async def test_nobody_is_kept_out_when_it_does_not_answer(server: ToolServer) -> None:
    server.reply = lambda asked: answer(503)
    assert await check_at(server)(LEAKED) == Checked(unchecked=True)
    server.reply = lambda asked: answer(302, location="http://elsewhere.example/")
    assert await check_at(server)(LEAKED) == Checked(unchecked=True)
    server.reply = lambda asked: None
    assert await check_at(server, 0.2)(LEAKED) == Checked(unchecked=True)
    refused = RangeCheck(Outbound(Allowed()), f"{server.url}/range")
    assert await refused(LEAKED) == Checked(unchecked=True)
    assert await RangeCheck(Outbound(Allowed()), "no address")(LEAKED) == Checked(unchecked=True)


async def test_nonsense_is_no_breach(server: ToolServer) -> None:
    server.reply = lambda asked: answer(200, f"\xff{digest(LEAKED)[5:]}\r\n:\r\nx:y".encode("latin-1"))
    assert await check_at(server)(LEAKED) == Checked()


async def test_a_chosen_password_is_judged_here_first(server: ToolServer) -> None:
    check = check_at(server)
    short = await judged("kR7!qZ", About(), check)
    assert [problem.code for problem in short.problems] == ["password.too_short"]
    assert server.asked == []
    leaked = await judged(LEAKED, About(), check)
    assert [problem.code for problem in leaked.problems] == ["password.breached"]
    assert await judged(SAFE, About(), check) == Judged()
    server.reply = lambda asked: answer(500)
    assert await judged(SAFE, About(), check) == Judged(unchecked=True)


async def test_it_can_be_turned_off(server: ToolServer) -> None:
    outbound = Outbound(allow_list(server.place))
    assert breach_check(outbound, None) is not_asked
    assert await judged(LEAKED, About(), breach_check(outbound, None)) == Judged()
    assert await breach_check(outbound, server.url)(LEAKED) == Checked(breached=True)
