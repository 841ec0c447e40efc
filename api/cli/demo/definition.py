"""What the demo's tenant makes: an agent, and a workflow of three nodes."""

from pathlib import Path
from typing import Any

from api.cli.seeds import LOCAL_MODEL

SAMPLE = Path(__file__).parents[3] / "docs" / "samples" / "field-notes.txt"

# The words this model was trained to summarise under; with others it wanders off sooner.
SUMMARISE = (
    "Provide a concise, objective summary of the input text in up to three sentences, focusing on key "
    "actions and intentions without using second or third person pronouns."
)
AGENT: dict[str, Any] = {
    "model": LOCAL_MODEL,
    "instructions": "You are a field biologist. You answer in plain words, in two sentences at most.",
    "max_output_tokens": 80,
}
WORKFLOW: dict[str, Any] = {
    "schema_version": 1,
    "inputs": {"title": {"type": "string"}, "notes": {"type": "string"}},
    "nodes": [
        {
            "type": "template",
            "id": "brief",
            "template": "{{ inputs.title }}\n\n{{ inputs.notes }}",
        },
        {
            "type": "llm",
            "id": "summary",
            "model": LOCAL_MODEL,
            "system": SUMMARISE,
            "prompt": "{{ steps.brief.output }}",
            "max_output_tokens": 96,
            "temperature": 0.2,
        },
        {
            "type": "template",
            "id": "card",
            "template": "{{ inputs.title }}\n\n{{ steps.summary.output }}\n\n(a summary by a small model)",
        },
    ],
    "edges": [{"source": "brief", "target": "summary"}, {"source": "summary", "target": "card"}],
    "output": "{{ steps.card.output }}",
}
KINDS = {node["id"]: node["type"] for node in WORKFLOW["nodes"]}


def inputs() -> dict[str, str]:
    title, _, notes = SAMPLE.read_text().strip().partition("\n\n")
    return {"title": title, "notes": notes}
