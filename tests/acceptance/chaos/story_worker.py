"""An impatient worker that finds what stories say in documents, for there is no other search yet."""

from dataclasses import replace

from bus import effect_ports
from bus.parts import Parts
from contexts.execution.ports import ExecutionPorts
from tests.acceptance.chaos.random_runs import story_at
from tests.support import impatient_worker
from tests.support.workflows.documents import StoryDocuments

own_ports = effect_ports.execution_ports


def execution_ports(p: Parts) -> ExecutionPorts:
    return replace(own_ports(p), retriever=StoryDocuments(story_at))


if __name__ == "__main__":
    effect_ports.execution_ports = execution_ports
    impatient_worker.main()
