from api.models.common import OTHER_ID, example
from schemas.execution.bundle import RunBundle

SOURCE = {"kind": "workflow", "id": OTHER_ID, "name": "One-liner", "version": 3, "hash": "9f2c"}
USAGE = {"input": 31, "output": 12, "cache_read": 0, "cache_write": 0, "reasoning": 0, "estimated": False}


class Bundle(RunBundle):
    model_config = example(
        schema_version=1,
        source=SOURCE,
        inputs={"topic": "the sea"},
        answers=[{"node": "draft", "kind": "call", "output": "The sea.", "usage": USAGE}],
        outcome={"status": "succeeded", "output": "The sea.", "error": None},
    )
