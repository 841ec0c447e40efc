"""A metered model call: held before, made, settled after, against a provider that answers at once."""

import httpx2

from tests.benchmarks import peers
from tests.benchmarks.figures import Figure, Peer, Reference, pair
from tests.benchmarks.measure import Spread, Timing, timed
from tests.benchmarks.setting import Result, Setting
from tests.support.builders import llm, workflow

IN_FLIGHT = 16
MODEL = "openai/bench"
DEFINITION = workflow(llm("answer", model=MODEL, prompt="Say hello."), output="{{ steps.answer.output }}")
BODY = {
    "model": "bench",
    "messages": [{"role": "user", "content": "Say hello."}],
    "max_tokens": 256,
    "stream": True,
    "stream_options": {"include_usage": True},
}


async def measure(setting: Setting) -> Result:
    client, tenancy = setting.platform.client, setting.tenancy
    await client.set_rate(MODEL)
    published = await client.publish(DEFINITION, tenancy)
    ours = await timed(lambda: client.run(published, tenancy), IN_FLIGHT, setting.seconds)
    async with setting.resting():
        setting.say("bare calls of the same server")
        bare = await calls_of(setting.llm_url, setting.seconds / 2)
        found = [Peer("bare httpx2", bare, "streamed, the same server and prompt, no ledger")]
        if setting.with_peers:
            found.append(await peers.litellm(setting))
    shape = "start -> CallRequested -> hold -> call -> settle -> end, one worker process"
    figures = pair("metered calls", shape, IN_FLIGHT, ours, found)
    return Result([*figures, added(ours, bare, found[1:])], [peer for peer in found if not peer.timing])


async def calls_of(url: str, seconds: float) -> Timing:
    limits = httpx2.Limits(max_connections=IN_FLIGHT)
    async with httpx2.AsyncClient(trust_env=False, limits=limits, timeout=30) as http:

        async def call() -> bytes:
            response = await http.post(f"{url}/v1/chat/completions", json=BODY)
            return response.raise_for_status().content

        return await timed(call, IN_FLIGHT, seconds)


def added(ours: Timing, bare: Timing, others: list[Peer]) -> Figure:
    """What is between the caller and the provider, in milliseconds."""
    references = tuple(
        Reference(peer.name, over(peer.timing, bare), peer.note) for peer in others if peer.timing
    )
    return Figure(
        "metered calls, added latency", "ms", over(ours, bare), "alone, less the bare call", references
    )


def over(timing: Timing, bare: Timing) -> Spread:
    less, alone = bare.alone_ms.median, timing.alone_ms
    return Spread(alone.median - less, alone.low - less, alone.high - less)
