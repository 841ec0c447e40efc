"""Two tenants side by side, each with a run of a story, and everybody the runs wait for."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid5

from bus import wiring
from contexts.hashes import content_hash
from contexts.kernel import Effect
from infra.eventstore.mapper import recorded
from infra.eventstore.types import Batch, Row
from schemas.authoring.definition import Release, Source, WorkflowDefinition
from schemas.authoring.events import WorkflowCreated, WorkflowPublished
from schemas.authoring.tools import BuiltinTool, ToolDefinition
from schemas.base import Event, PartnerId, TenantId
from schemas.execution.events import ToolRequested
from tests.support.builders import NOW, PARTNER_ID, TENANT_ID, new_user, partner_admin, provision_tenant
from tests.support.harness import Harness, evolve_of
from tests.support.story import accept, given_tenant
from tests.support.workflows.every_timer import EveryTimer
from tests.support.workflows.provider import StoryModel
from tests.support.workflows.story import Story
from tests.support.workflows.tools import EchoListener

OTHER_ID = TenantId(UUID(int=51))
TENANTS = {"A:": TENANT_ID, "B:": OTHER_ID}
RUNS = {"A:": UUID(int=100), "B:": UUID(int=101)}
"""By the key of the run."""

TOOLS: dict[str, ToolDefinition] = {
    name: BuiltinTool(type="builtin", name="echo") for name in ("lookup", "guarded")
}


class World(Harness):
    def __init__(self, story: Story, seed: int | None = None) -> None:
        super().__init__(seed)
        self._seen: dict[str, tuple[int, Any]] = {}
        self.story = story
        self.timers: EveryTimer = EveryTimer()
        self.provider = StoryModel(story.reply)
        self.chat.complete = self.provider.complete  # type: ignore[method-assign]
        if not any(effect.event is ToolRequested for effect in effects()):
            self._listeners = (*self._listeners, EchoListener())
        given_tenant(self, monthly_budget=None)
        eve = new_user(user_id=UUID(int=52), email="eve@example.com")
        other = provision_tenant(tenant_id=OTHER_ID, subdomain="other", owner=eve, monthly_budget=None)
        accept(self.submit(other, as_=partner_admin()))
        self.run()
        for key, tenant_id in TENANTS.items():
            publish(self, key, tenant_id)

    def state(self, stream: str) -> Any:
        """Folded on from where it was looked at last."""
        version, state = self._seen.get(stream, (0, None))
        for found in self.store.streams({stream: version}):
            version, state = found.version, evolve_of(stream)(state, recorded(found).event)
        self._seen[stream] = version, state
        return state

    def streams(self, kind: str = "") -> list[str]:
        return sorted(
            stream for stream in self.store._streams if stream.startswith(f"{kind}-" if kind else "")
        )

    def step(self) -> bool:
        """Does one thing; whether there was one to do."""
        return self._step()

    def tick(self) -> bool:
        """Moves the clock to the next timer; whether there is one."""
        due_at = self.timers.next_due()
        if due_at is None:
            return False
        self.clock.now = max(self.clock.now, due_at)
        self._fire()
        return True

    def decided_on(self, stream: str) -> object:
        """The state the next decision would begin with; None: it would fold the events anew."""
        known = self._decider._cache.get(stream)
        return known and known.state


def effects() -> Iterable[Effect]:
    return [effect for found in wiring.effects_by_context().values() for effect in found]


def root_workflow(key: str) -> UUID:
    return uuid5(UUID(int=9), key)


def publish(world: World, key: str, tenant_id: TenantId) -> None:
    """As the authoring context would, but for its checks."""
    sources = {str(id_): source(key, id_, child) for id_, child in world.story.children.items()}
    for id_, definition in world.story.children.items():
        append(world, tenant_id, *published(uuid5(id_, key), definition, sources))
    append(world, tenant_id, *published(root_workflow(key), world.story.definition, sources))


def source(key: str, id_: UUID, definition: WorkflowDefinition) -> Source:
    own = uuid5(id_, key)
    return Source(kind="workflow", id=own, version=1, hash=content_hash(definition), name="Child")


def published(
    id_: UUID, definition: WorkflowDefinition, workflows: dict[str, Source]
) -> tuple[WorkflowCreated, WorkflowPublished]:
    release = Release(definition=definition, tools=TOOLS, workflows=workflows)
    created = WorkflowCreated(workflow_id=id_, name="Story", definition=definition)
    hash_ = content_hash(definition)
    return created, WorkflowPublished(workflow_id=id_, number=1, hash=hash_, release=release)


def append(world: Harness, tenant_id: TenantId, *events: WorkflowCreated | WorkflowPublished) -> None:
    stream = f"workflow-{events[0].workflow_id}"
    rows = [row(stream, version, event, tenant_id) for version, event in enumerate(events, start=1)]
    world.store.commit(Batch(NOW, rows=rows))


def row(
    stream: str, version: int, event: Event, tenant_id: TenantId, partner_id: PartnerId = PARTNER_ID
) -> Row:
    return Row(
        stream=stream,
        version=version,
        type=event.type_name,
        type_version=event.type_version,
        data=event.model_dump_json().encode(),
        tenant_id=tenant_id,
        partner_id=partner_id,
        actor="user:owner",
        message_id=uuid5(UUID(int=10), f"{stream}@{version}"),
        correlation_id=UUID(int=11),
        traceparent=None,
        recorded_at=NOW,
    )
