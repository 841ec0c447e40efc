"""What the demo's tenant makes: an agent, and a workflow of three nodes."""

from pathlib import Path
from typing import Any

from api.cli.seeds import LOCAL_MODEL

SAMPLE = Path(__file__).parents[3] / "docs" / "samples" / "field-notes.txt"

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
            "template": "Summarise these notes in three short sentences.\n\n{{ inputs.notes }}",
        },
        {
            "type": "llm",
            "id": "summary",
            "model": LOCAL_MODEL,
            "system": "You summarise field notes in plain English.",
            "prompt": "{{ steps.brief.output }}",
            "max_output_tokens": 110,
            "temperature": 0.0,
        },
        {
            "type": "template",
            "id": "card",
            "template": "{{ inputs.title }}\n\n{{ steps.summary.output }}",
        },
    ],
    "edges": [{"source": "brief", "target": "summary"}, {"source": "summary", "target": "card"}],
    "output": "{{ steps.card.output }}",
}
KINDS = {node["id"]: node["type"] for node in WORKFLOW["nodes"]}


def inputs() -> dict[str, str]:
    notes = SAMPLE.read_text()
    return {"title": notes.splitlines()[0], "notes": notes}
