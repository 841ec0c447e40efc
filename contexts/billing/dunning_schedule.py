"""The steps a partner's tenants are dunned by; without its own, the standard ones."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contexts.kernel import Aggregate, Context
from schemas.billing.dunning import STANDARD, DunningScheduleSet, DunningStep, Level, SetDunningSchedule

LEVEL_OF: dict[str, Level] = {"restrict": "restricted", "suspend": "suspended"}


@dataclass(frozen=True)
class DunningSchedule:
    steps: tuple[DunningStep, ...] | None = None


def set_schedule(
    state: DunningSchedule | None, command: SetDunningSchedule, ctx: Context
) -> list[DunningScheduleSet]:
    if command.steps == (state.steps if state else None):
        return []
    return [DunningScheduleSet(**dict(command))]


def evolve(state: DunningSchedule | None, event: DunningScheduleSet) -> DunningSchedule:
    return DunningSchedule(event.steps)


def steps_in_force(state: DunningSchedule | None) -> tuple[DunningStep, ...]:
    return (state.steps if state else None) or STANDARD


def next_due(steps: tuple[DunningStep, ...], step: int, now: datetime) -> datetime | None:
    """When step number `step` is due if the one before was taken now; None after the last."""
    return now + timedelta(days=steps[step].after_days) if step < len(steps) else None


def level_after(steps: tuple[DunningStep, ...], taken: int) -> Level:
    """What the first `taken` steps of an unpaid invoice add up to."""
    levels = [LEVEL_OF[step.action] for step in steps[:taken] if step.action in LEVEL_OF]
    return levels[-1] if levels else "past_due"


DUNNING_SCHEDULE = Aggregate("dunning_schedule", DunningSchedule, evolve)
