"""A small command: accepted by the queue, durable in Postgres, answered."""

from uuid import uuid4

from schemas.authoring.commands import CreateWorkflow
from schemas.authoring.events import WorkflowCreated
from tests.benchmarks.figures import Peer, pair
from tests.benchmarks.measure import timed
from tests.benchmarks.raw import Raw, like_stored, mean_batch
from tests.benchmarks.setting import Result, Setting
from tests.support.builders import noop, workflow

IN_FLIGHT = 64
DEFINITION = workflow(noop("a"))


async def measure(setting: Setting) -> Result:
    async def create() -> object:
        command = CreateWorkflow(workflow_id=uuid4(), name="Bench", definition=DEFINITION)
        return await setting.platform.client.do(command, setting.tenancy)

    ours = await timed(create, IN_FLIGHT, setting.seconds)
    setting.say("the same rows straight into Postgres")
    url = setting.platform.database_url
    size = mean_batch(url, CreateWorkflow.type_name)
    raw = Raw(url)
    try:
        floor = await raw.timed(like_stored(url, WorkflowCreated.type_name, size), size, setting.seconds / 2)
    finally:
        raw.close()
    peer = Peer("raw Postgres", floor, f"the same rows, one connection, {size} commands per transaction")
    shape = "CreateWorkflow over NATS (fsync always) -> decided -> committed -> answered"
    return Result(pair("commands", shape, IN_FLIGHT, ours, [peer]))
