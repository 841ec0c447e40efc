"""A provider that takes half a second: calls wait, nothing else does."""

from infra.settings import Settings
from tests.benchmarks.figures import Figure, Reference
from tests.benchmarks.measure import REPETITIONS, Spread, rate
from tests.benchmarks.setting import Result
from tests.benchmarks.stage import Stage, succeed
from tests.support.builders import llm, workflow
from tests.support.llm_process import script
from tests.support.llm_script import Behaviour

MODEL, DELAY_SECONDS = "slow-bench", 0.5
AT_ONCE: int = Settings.model_fields["effect_concurrency"].default
IN_FLIGHT = 2 * AT_ONCE
DEFINITION = workflow(llm("answer", model=f"openai/{MODEL}"), output="{{ steps.answer.output }}")


async def measure(stage: Stage) -> Result:
    script(stage.llm_url, MODEL, [Behaviour(delay_ms=DELAY_SECONDS * 1000, text="Hello.")])
    async with stage.platform() as setting:
        client = setting.platform.client
        await client.set_rate(f"openai/{MODEL}")
        published = await client.publish(DEFINITION, setting.tenancy)
        await succeed(setting, published)
        stage.say(f"{IN_FLIGHT} runs in flight")
        seconds = stage.pick(4, 2)
        found = [
            await rate(lambda: succeed(setting, published), IN_FLIGHT, seconds) for _ in range(REPETITIONS)
        ]
    ideal = Reference("ideal", Spread.once(AT_ONCE / DELAY_SECONDS), f"{AT_ONCE} calls at a time")
    shape = f"runs of one metered call, {IN_FLIGHT} in flight; {AT_ONCE} calls at a time in one process"
    return Result([Figure("slow provider (500 ms), calls", "/s", Spread.of(found), shape, (ideal,))])
