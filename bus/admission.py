"""May a new run begin at once? Asked by the decider, which counts what it decides before it is stored."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from bus.run_index import RunIndex
from contexts.execution.admission import CHANGES, Limits, Occupancy, following, reason_to_wait, run_id_of
from schemas.base import Event
from schemas.envelope import Envelope
from schemas.execution.types import QueueReason


class Admission:
    """A trial is what would be if the batch in hand were stored; `keep` it when it was, or forget it.

    Used by one thread, except for what it hears through `index`.
    """

    def __init__(self, limits: Limits, index: RunIndex | None = None) -> None:
        self.limits, self.index = limits, index or RunIndex()

    def trial(self) -> Occupancy:
        for _ in self.index.catch_up():
            pass
        return Occupancy(self.index.occupancy)

    def reason(self, trial: Occupancy, envelope: Envelope, max_runs: int | None) -> QueueReason | None:
        limits = self.limits if max_runs is None else replace(self.limits, tenant=max_runs)
        return reason_to_wait(trial, envelope.tenant_id, envelope.partner_id, limits)

    def note(self, trial: Occupancy, event: Event, envelope: Envelope) -> None:
        """An event of the batch. It has no position yet."""
        if type(event) not in CHANGES:
            return
        before = trial.find(run_id_of(event))
        position = before.position if before else 0
        after = following(before, event, envelope.tenant_id, envelope.partner_id, position)
        if after:
            trial.put(after)

    def keep(self, trial: Occupancy, position_of: Callable[[UUID], int]) -> None:
        self.index.put(run._replace(position=position_of(id_)) for id_, run in trial.runs.items())
