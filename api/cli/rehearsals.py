"""`hb workflows check`: recorded runs against a changed workflow."""

import json
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from rich.markup import escape

from api.cli.edge import Edge
from api.cli.errors import Refused
from api.cli.look import CROSS, TICK, out, table
from api.cli.workflow_files import read, short
from api.pure import Difference, agents_used, rehearse, tools_of_agents, tools_used, workflows_used
from schemas.authoring.bundle import WorkflowBundle
from schemas.authoring.definition import Release, Source, WorkflowDefinition
from schemas.execution.bundle import RunBundle


def release_of_draft(edge: Edge, workflow: str) -> Release:
    bundle = edge.call("GET", f"/bundles/workflows/{workflow}")
    return release_of(WorkflowBundle.model_validate(bundle))


def release_from_file(file: Path) -> Release:
    if holds_a_bundle(file):
        return release_of(read(WorkflowBundle, file))
    return complete(Release(definition=read(WorkflowDefinition, file)))


def holds_a_bundle(file: Path) -> bool:
    try:
        found = json.loads(file.read_bytes())
    except ValueError as error:
        raise Refused(f"{file} is not JSON: {error}.", "") from error
    return isinstance(found, dict) and "workflow" in found


def release_of(bundle: WorkflowBundle) -> Release:
    agents = {str(agent.id): agent.definition for agent in bundle.agents}
    return complete(Release(definition=bundle.workflow.definition, tools=bundle.tools, agents=agents))


def complete(release: Release) -> Release:
    """Subworkflows are never run in a rehearsal, so any pin will do."""
    require_all(release)
    pins = {str(id_): pin(id_) for id_ in workflows_used(release.definition)}
    return release.model_copy(update={"workflows": pins})


def require_all(release: Release) -> None:
    definition = release.definition
    agents = {str(id_) for id_ in agents_used(definition)} - release.agents.keys()
    names = {*tools_used(definition), *tools_of_agents(release.agents.values())}
    if missing := sorted(agents | (names - release.tools.keys())):
        raise Refused(
            f"the definition names what the file does not have: {', '.join(missing)}.",
            "Give the bundle that `hb workflows export` writes.",
        )


def pin(workflow_id: UUID) -> Source:
    return Source(kind="workflow", id=workflow_id, version=1, hash="", name="")


def check(files: Sequence[Path], release: Release) -> int:
    """The exit code."""
    differing = [not same(file, rehearse(read(RunBundle, file), release).differences) for file in files]
    return int(any(differing))


def same(file: Path, differences: Sequence[Difference]) -> bool:
    mark = CROSS if differences else TICK
    out.print(f"{mark} {escape(file.name)}", soft_wrap=True)
    if differences:
        made = table("", "step", "recorded", "now")
        for found in differences:
            where = escape(found.node)
            made.add_row(found.what.replace("_", " "), where, short(found.before), short(found.after))
        out.print(made)
    return not differences
