"""`hb run-example`: a platform, one worked example on it, and one line that says whether all went well."""

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from rich.markup import escape

from api.cli.examples.around import around
from api.cli.examples.files import Model, load, names
from api.cli.examples.story import Outcome, Story
from api.cli.look import out, table
from api.cli.options import settings_for
from api.cli.seeds import Login
from api.cli.telling import ending
from api.cli.telling.platform import on_a_platform

FOLDER = "examples"
SCRIPTED = "\nThe model has a script here: it says what the file lists."


def run_example(name: str, model: Model | None, data: Path | None) -> int:
    """The exit code."""
    return ending.told("EXAMPLE", told(name, model, data))


async def told(name: str, model: Model | None, data: Path | None) -> Outcome:
    base = settings_for()
    async with around(name, model) as here:
        out.print(f"[name]{escape(here.example.title)}[/]")
        out.print(f"[quiet]{escape(here.example.about)}{SCRIPTED if here.model_url else ''}[/]\n")
        settings = settings_for(data or base.data_dir / FOLDER, api_port=0, local_model_url=here.model_url)

        def story(url: str, admin: Login) -> Coroutine[Any, Any, Outcome]:
            return Story(url, admin, name, here).tell()

        return await on_a_platform(settings, story, here.settings, here.needs_model)


def list_examples() -> int:
    shown = table("name", "what it shows", "model")
    for name in names():
        example = load(name)
        shown.add_row(f"[name]{name}[/]", escape(example.about), example.model if example.model_says else "")
    out.print(shown)
    return 0
