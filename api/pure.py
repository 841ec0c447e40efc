"""What the edge may know of the contexts: functions of definitions that decide nothing and read nothing."""

from contexts.authoring.bundle import bundle_of, commands_for, new_ids
from contexts.authoring.diff import Change, diff, release_diff
from contexts.authoring.uses import agents_used, tools_of_agents, tools_used, workflows_used
from contexts.execution.rehearsal import Difference, Rehearsal, rehearse

__all__ = [
    "Change",
    "Difference",
    "Rehearsal",
    "agents_used",
    "bundle_of",
    "commands_for",
    "diff",
    "new_ids",
    "rehearse",
    "release_diff",
    "tools_of_agents",
    "tools_used",
    "workflows_used",
]
