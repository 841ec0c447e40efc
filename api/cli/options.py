"""Settings as the command line changes them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from infra.errors import SetupError

if TYPE_CHECKING:
    from pydantic import ValidationError

    from infra.settings import Settings

Data = Annotated[
    Path | None,
    typer.Option("--data", help="Data folder. Default: HB_DATA_DIR or .hirebuddha.", show_default=False),
]


class BadSetting(SetupError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} is not usable: {reason}.", "docs/settings.md lists every setting.")


def settings_for(data: Path | None = None, **changes: Any) -> "Settings":
    """The environment's settings; what the command line gives wins."""
    from pydantic import ValidationError

    from infra.settings import load

    given = {name: value for name, value in changes.items() if value is not None}
    try:
        settings = load()
    except ValidationError as error:
        raise bad_setting(error) from error
    return settings.model_copy(update={**given, "data_dir": (data or settings.data_dir).absolute()})


def bad_setting(error: "ValidationError") -> BadSetting:
    from infra.settings import PREFIX

    first = error.errors(include_url=False, include_input=False)[0]
    return BadSetting(PREFIX + str(first["loc"][0]).upper(), first["msg"])
