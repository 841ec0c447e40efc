"""What the edge may know of the contexts: functions of definitions that decide nothing and read nothing."""

from contexts.authoring.bundle import Carried, bundle_of, disagreements
from contexts.authoring.diff import Change, diff, release_diff
from contexts.authoring.pins import asked_version
from contexts.authoring.taking_in import Present, at_home, commands_for, conflicts
from contexts.authoring.uses import agents_used, tools_of_agents, tools_used, workflows_used
from contexts.billing.dunning_forecast import forecast
from contexts.execution.rehearsal import Difference, Rehearsal, rehearse

__all__ = [
    "Carried",
    "Change",
    "Difference",
    "Present",
    "Rehearsal",
    "agents_used",
    "asked_version",
    "at_home",
    "bundle_of",
    "commands_for",
    "conflicts",
    "diff",
    "disagreements",
    "forecast",
    "rehearse",
    "release_diff",
    "tools_of_agents",
    "tools_used",
    "workflows_used",
]
