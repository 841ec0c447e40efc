"""Everything that is wrong with a trigger, found at once."""

from collections.abc import Iterator
from datetime import datetime

from contexts.authoring import cron
from contexts.authoring.facts import Target, TriggerFacts
from contexts.authoring.following import MAX_FOLLOWERS
from contexts.authoring.trigger_inputs import template_problems
from contexts.hashes import canonical_json
from schemas.authoring.commands import CreateTrigger, ReviseTrigger
from schemas.authoring.triggers import CronTrigger, RunTrigger, WebhookTrigger
from schemas.envelope import Problem

MAX_BYTES = 64 * 1024

Wanted = CreateTrigger | ReviseTrigger


def problems(command: Wanted, facts: TriggerFacts, now: datetime) -> list[Problem]:
    definition = command.definition
    return [
        *size_problems(command),
        *target_problems(command, facts),
        *kind_problems(command, facts, now),
        *template_problems(definition.type, definition.inputs),
    ]


def size_problems(command: Wanted) -> Iterator[Problem]:
    size = len(canonical_json(command.definition))
    if size > MAX_BYTES:
        message = f"the definition has {size} bytes as JSON; {MAX_BYTES} are allowed"
        yield problem("authoring.definition_too_large", message, "definition")


def target_problems(command: Wanted, facts: TriggerFacts) -> Iterator[Problem]:
    if not facts.found:
        message = f"there is no workflow {command.workflow_id}"
        yield problem("authoring.workflow_not_found", message, "workflow_id")
    elif facts.target is None:
        message = "publish the workflow first" if command.version is None else "it was never published"
        yield problem("authoring.not_published", message, "version")
    else:
        yield from input_problems(command, facts.target)


def input_problems(command: Wanted, target: Target) -> Iterator[Problem]:
    given, declared = command.definition.inputs, target.inputs
    for name in given.keys() - declared.keys():
        message = f"the workflow has no input {name!r}"
        yield problem("authoring.undeclared_input", message, f"definition.inputs.{name}")
    for name, spec in declared.items():
        if spec.required and spec.default is None and name not in given:
            message = f"the workflow needs the input {name!r}"
            yield problem("authoring.missing_input", message, f"definition.inputs.{name}")


def kind_problems(command: Wanted, facts: TriggerFacts, now: datetime) -> Iterator[Problem]:
    match command.definition:
        case CronTrigger() as definition:
            yield from schedule_problems(definition, now)
        case WebhookTrigger(secret_ciphertext=None):
            yield problem("authoring.missing_secret", "a webhook needs a secret", "definition.secret")
        case RunTrigger() as definition:
            yield from following_problems(command, definition, facts)


def schedule_problems(definition: CronTrigger, now: datetime) -> Iterator[Problem]:
    try:
        cron.check(definition, now)
    except cron.BadSchedule as error:
        yield problem("authoring.bad_schedule", str(error), f"definition.{error.field}")


def following_problems(command: Wanted, definition: RunTrigger, facts: TriggerFacts) -> Iterator[Problem]:
    path = "definition.workflow_id"
    if definition.workflow_id == command.workflow_id:
        yield problem("authoring.follows_itself", "a workflow's end cannot start the same workflow", path)
    elif facts.followers is None:
        yield problem("authoring.workflow_not_found", f"there is no workflow {definition.workflow_id}", path)
    elif facts.followers >= MAX_FOLLOWERS:
        message = f"at most {MAX_FOLLOWERS} triggers can wait for one workflow's runs"
        yield problem("authoring.too_many_followers", message, path)


def problem(code: str, message: str, path: str) -> Problem:
    return Problem(code=code, message=message, path=path)
