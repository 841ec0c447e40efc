"""A little that is sent and would be a lot: packed, wide, or asking for itself again and again."""

import gzip
import json
import subprocess
import sys
from typing import Any
from uuid import UUID

import pytest

from tests.api.test_every_route import body_of, key
from tests.api.world import World, problem

MOST_SECONDS = 60
BUNDLE: dict[str, Any] = body_of("post", "/bundles")
LADDER = (
    "from contexts.json_schemas import problems, schema_problems\n"
    "twice = {f'd{n}': {'%s': [{'$ref': f'#/$defs/d{n + 1}'}] * 2} for n in range(60)}\n"
    "schema = {'$defs': {**twice, 'd60': {'type': 'integer'}}, '$ref': '#/$defs/d0'}\n"
    "assert not schema_problems(schema)\n"
    "assert problems(schema, 1) and problems(schema, 'x')\n"
)
WORK = {
    **{f"a ladder of {word}": LADDER % word for word in ("allOf", "anyOf", "oneOf")},
    "a wide schema": "from contexts.json_schemas import schema_problems\n"
    "assert schema_problems({'properties': {f'p{n}': {} for n in range(100_000)}})\n",
    "deep expressions": "from contexts.expressions import ExpressionError, compiled\n"
    "chains = 'a' + '.a' * 490, '+'.join('1' * 490), '!' * 2_000 + 'a'\n"
    "for text in (*chains, '[' * 500 + ']' * 500, '[1].map(b,' * 90 + '1' + ')' * 90):\n"
    "    try: compiled(text, frozenset('a'))\n    except ExpressionError: pass",
}


@pytest.mark.parametrize("what", WORK)
def test_nothing_asks_for_itself_without_end(what: str) -> None:
    """In a process of its own: what holds the interpreter cannot be stopped from within."""
    ran = subprocess.run(
        [sys.executable, "-c", WORK[what]], timeout=MOST_SECONDS, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-2000:]


async def test_nothing_that_is_packed_is_unpacked(world: World) -> None:
    """A megabyte would be a gigabyte."""
    packed = gzip.compress(json.dumps(BUNDLE).encode())
    headers = {**key(), "Content-Type": "application/json", "Content-Encoding": "gzip"}
    async with world.client(world.anna) as anna:
        problem(await anna.post("/bundles", content=packed, headers=headers), 400, "request.malformed_json")
    assert not world.bus.sent


@pytest.mark.parametrize("part", ["agents", "subworkflows", "tools", "secrets"])
async def test_a_bundle_has_bounds(world: World, part: str) -> None:
    """As much as fits into a body, and nothing of it is taken in."""
    many: dict[str, Any] = {
        "agents": [{**BUNDLE["agents"][0], "id": str(UUID(int=n))} for n in range(2_000)],
        "subworkflows": [{**BUNDLE["workflow"], "id": str(UUID(int=n))} for n in range(1_500)],
        "tools": {f"t{n}": {"type": "builtin", "name": "now"} for n in range(10_000)},
        "secrets": [f"S{n}" for n in range(10_000)],
    }
    body = {**BUNDLE, part: many[part]}
    async with world.client(world.anna) as anna:
        told = problem(await anna.post("/bundles", json=body, headers=key()), 422, "request.invalid")
    assert [found["path"] for found in told["problems"]] == [part]
    assert not world.bus.sent
