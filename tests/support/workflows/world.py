"""Two tenants side by side, each with a run of a story."""

from typing import Any
from uuid import UUID, uuid5

from infra.eventstore.mapper import recorded
from schemas.authoring.definition import Source
from schemas.base import TenantId
from tests.support.builders import TENANT_ID, new_user, partner_admin, provision_tenant
from tests.support.engine import Engine
from tests.support.harness import evolve_of
from tests.support.story import accept
from tests.support.workflows.documents import StoryDocuments
from tests.support.workflows.provider import StoryModel
from tests.support.workflows.story import Story
from tests.support.workflows.tools import refusing

OTHER_ID = TenantId(UUID(int=51))
TENANTS = {"A:": TENANT_ID, "B:": OTHER_ID}
RUNS = {"A:": UUID(int=100), "B:": UUID(int=101)}
"""By the key of the run."""


class World(Engine):
    def __init__(self, story: Story, seed: int | None = None) -> None:
        self._seen: dict[str, tuple[int, Any]] = {}
        super().__init__(seed)
        self.story = story
        self.provider = StoryModel(story.reply)
        self.chat.complete = self.provider.complete  # type: ignore[method-assign]
        self.tools.run = refusing(story, self.tools.run)  # type: ignore[method-assign]
        self.retriever.search = StoryDocuments(lambda key: story).search  # type: ignore[method-assign]
        eve = new_user(user_id=UUID(int=52), email="eve@example.com")
        other = provision_tenant(tenant_id=OTHER_ID, subdomain="other", owner=eve, monthly_budget=None)
        accept(self.submit(other, as_=partner_admin()))
        self.run()
        for key, tenant_id in TENANTS.items():
            self.publish_all(key, tenant_id)

    def publish_all(self, key: str, tenant_id: TenantId) -> None:
        """Children are told before whoever names them: they were drawn inside first."""
        workflows: dict[str, Source] = {}
        for id_, definition in self.story.children.items():
            workflows[str(id_)] = self.publish(
                uuid5(id_, key), definition, tenant_id, workflows=dict(workflows)
            )
        self.publish(root_workflow(key), self.story.definition, tenant_id, workflows=workflows)

    def state(self, stream: str) -> Any:
        """Folded on from where it was looked at last."""
        version, state = self._seen.get(stream, (0, None))
        for found in self.store.streams({stream: version}):
            version, state = found.version, evolve_of(stream)(state, recorded(found).event)
        self._seen[stream] = version, state
        return state

    def streams(self, kind: str = "") -> list[str]:
        wanted = f"{kind}-" if kind else ""
        return sorted(stream for stream in self.store._streams if stream.startswith(wanted))

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


def root_workflow(key: str) -> UUID:
    return uuid5(UUID(int=9), key)
