"""Where an installed package keeps its files, found without importing it."""

from importlib.util import find_spec
from pathlib import Path


def wheel_folder(package: str) -> Path:
    """Importing would run the package's own start-up code, which we have no use for."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{package} is not installed; run ./justw to install the locked packages")
    return Path(spec.origin).parent
