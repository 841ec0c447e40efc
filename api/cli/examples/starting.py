"""How an example's run begins: by its trigger, or by hand."""

import base64
import secrets
from typing import Any

from api.cli.examples.calling import call
from api.cli.examples.files import Example
from api.cli.telling.client import Person
from api.cli.telling.voice import Voice


async def start(voice: Voice, owner: Person, example: Example, workflow_id: str) -> str:
    """The run's id."""
    match example.trigger:
        case {"type": "webhook"}:
            return await by_webhook(voice, owner, example, workflow_id)
        case {"type": "cron"}:
            await planned(voice, owner, example, workflow_id)
    job = await owner.post(f"/workflows/{workflow_id}/execute", {"inputs": example.inputs})
    return str(job["job_id"])


async def by_webhook(voice: Voice, owner: Person, example: Example, workflow_id: str) -> str:
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    trigger = await made(owner, example, workflow_id, secret=secret)
    voice.say("Its other side calls, and signs what it sends. It calls twice: one run starts.")
    return await call(owner.api, trigger["hook"], secret, example.payload)


async def planned(voice: Voice, owner: Person, example: Example, workflow_id: str) -> None:
    trigger = await made(owner, example, workflow_id)
    voice.done(f"the next run is planned for {trigger['next_tick']}")
    voice.say("Nobody waits for it here: a run is started by hand, with what the trigger would give it.")


async def made(owner: Person, example: Example, workflow_id: str, **more: Any) -> dict[str, Any]:
    """The trigger, as the API shows it."""
    definition = {**(example.trigger or {}), **more}
    body = {"name": example.title[:80], "workflow_id": workflow_id, "definition": definition}
    done = await owner.post("/triggers", body)
    return await owner.get(f"/triggers/{done['id']}", after=done["position"])
