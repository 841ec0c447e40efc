from datetime import timedelta

import pytest

from contexts.authoring.facts import Target, TriggerFacts
from contexts.authoring.following import MAX_FOLLOWERS
from contexts.authoring.registry import REGISTRY
from schemas.authoring import commands as c
from schemas.authoring import events as e
from schemas.authoring.parts import InputSpec
from schemas.authoring.triggers import Follow
from tests.support.builders import NOW, WORKFLOW_ID
from tests.support.spec import Spec
from tests.support.triggers import (
    KNOWN,
    OTHER_WORKFLOW,
    TRIGGER_ID,
    after_run,
    create,
    created,
    cron,
    planned,
    revise,
    tick,
    utc,
    webhook,
)

authoring = Spec(REGISTRY)
TONIGHT = utc(2026, 9, 16, 2)
ENABLE, DISABLE = c.EnableTrigger(trigger_id=TRIGGER_ID), c.DisableTrigger(trigger_id=TRIGGER_ID)
DISABLED = e.TriggerDisabled(trigger_id=TRIGGER_ID, follows=None)


def test_a_cron_trigger_waits_for_its_next_tick() -> None:
    authoring.given().knowing(KNOWN).when(create(cron())).then(created(cron()), planned(TONIGHT))


def test_a_trigger_bound_to_a_version_shows_its_hash() -> None:
    bound = created(webhook(), version=2, hash="hash-2")
    authoring.given().knowing(KNOWN).when(create(webhook(), version=2)).then(bound)


def test_a_disabled_trigger_waits_for_nothing() -> None:
    authoring.given().knowing(KNOWN).when(create(cron(), enabled=False)).then(created(cron(), enabled=False))


def test_a_trigger_is_created_once() -> None:
    authoring.given(created(cron())).knowing(KNOWN).when(create(cron())).refused("authoring.trigger_exists")


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = cron("x", inputs={"a": "{{ inputs.payload }}", "b": ["{{ steps.a.output }}"], "c": "{{ x"})
    known = TriggerFacts(found=True, target=Target("h", {"z": InputSpec()}), followers=None)
    authoring.given().knowing(known).when(create(wrong)).refused(
        "authoring.invalid_trigger",
        *["authoring.undeclared_input"] * 3,
        "authoring.missing_input",
        "authoring.bad_schedule",
        *["authoring.unknown_reference"] * 2,
        "authoring.malformed_template",
    )


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (TriggerFacts(False, None, 0), "authoring.workflow_not_found"),
        (TriggerFacts(True, None, 0), "authoring.not_published"),
        (TriggerFacts(True, KNOWN.target, None), "authoring.workflow_not_found"),
        (TriggerFacts(True, KNOWN.target, MAX_FOLLOWERS), "authoring.too_many_followers"),
    ],
)
def test_the_workflows_must_be_there(facts: TriggerFacts, code: str) -> None:
    given = authoring.given().knowing(facts)
    given.when(create(after_run())).refused("authoring.invalid_trigger", code)


def test_a_workflow_cannot_start_itself() -> None:
    given = authoring.given().knowing(KNOWN)
    itself = create(after_run(workflow_id=WORKFLOW_ID))
    given.when(itself).refused("authoring.invalid_trigger", "authoring.follows_itself")


def test_a_webhook_needs_a_secret() -> None:
    given = authoring.given().knowing(KNOWN)
    open_to_all = create(webhook(secret_ciphertext=None))
    given.when(open_to_all).refused("authoring.invalid_trigger", "authoring.missing_secret")


def test_a_revision_without_a_secret_keeps_it() -> None:
    given = authoring.given(created(webhook())).knowing(KNOWN)
    revised = e.TriggerRevised(**dict(revise(webhook(preset="github"))), hash=None, enabled=True, left=None)
    given.when(revise(webhook(preset="github", secret_ciphertext=None))).then(revised)
    given.when(revise(webhook(secret_ciphertext=None))).nothing()


def test_another_schedule_plans_anew_and_the_same_keeps_its_tick() -> None:
    """Even one that is missed already: its catch-up is still to come."""
    given = authoring.given(created(cron()), planned(TONIGHT)).knowing(KNOWN)
    later = given.at(TONIGHT + timedelta(hours=1))
    renamed = e.TriggerRevised(**dict(revise(cron(), name="New")), hash=None, enabled=True, left=None)
    later.when(revise(cron(), name="New")).then(renamed, planned(TONIGHT))
    moved = e.TriggerRevised(**dict(revise(cron("0 4 * * *"))), hash=None, enabled=True, left=None)
    later.when(revise(cron("0 4 * * *"))).then(moved, planned(utc(2026, 9, 16, 4)))


def test_what_is_no_clock_any_more_ticks_no_more() -> None:
    was_cron = authoring.given(created(cron()), planned(TONIGHT)).knowing(KNOWN)
    revised = e.TriggerRevised(**dict(revise(webhook())), hash=None, enabled=True, left=None)
    was_cron.when(revise(webhook())).then(revised)
    authoring.given(created(cron()), planned(TONIGHT), revised).when(tick(TONIGHT)).nothing()


def test_disabling_stops_the_clock_and_enabling_starts_it_from_now() -> None:
    running = authoring.given(created(cron()), planned(TONIGHT))
    running.when(ENABLE).nothing()
    running.when(DISABLE).then(DISABLED)
    stopped = authoring.given(created(cron()), planned(TONIGHT), DISABLED)
    stopped.when(DISABLE).nothing()
    stopped.when(tick(TONIGHT)).nothing()
    enabled = e.TriggerEnabled(trigger_id=TRIGGER_ID, follows=None)
    stopped.at(NOW + timedelta(days=3)).when(ENABLE).then(enabled, planned(utc(2026, 9, 19, 2)))


def test_who_waits_for_runs_says_so_when_it_is_switched() -> None:
    follows = Follow(workflow_id=OTHER_WORKFLOW, on="succeeded")
    disabled = e.TriggerDisabled(trigger_id=TRIGGER_ID, follows=follows)
    authoring.given(created(after_run())).when(DISABLE).then(disabled)
    enabled = e.TriggerEnabled(trigger_id=TRIGGER_ID, follows=follows)
    authoring.given(created(after_run()), disabled).when(ENABLE).then(enabled)


def test_a_revision_names_the_workflow_it_leaves() -> None:
    given = authoring.given(created(after_run())).knowing(KNOWN)
    revised = e.TriggerRevised(**dict(revise(webhook())), hash=None, enabled=True, left=OTHER_WORKFLOW)
    given.when(revise(webhook())).then(revised)
    stays = e.TriggerRevised(**dict(revise(after_run(on="any"))), hash=None, enabled=True, left=None)
    given.when(revise(after_run(on="any"))).then(stays)


@pytest.mark.parametrize("command", [ENABLE, DISABLE, tick(TONIGHT), revise(cron())])
def test_a_trigger_nobody_made_is_not_found(command: c.EnableTrigger) -> None:
    authoring.given().knowing(KNOWN).when(command).refused("authoring.trigger_not_found")
