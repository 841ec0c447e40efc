import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.llm import local_llm_url, scripted_llm, scripted_llm_session

__all__ = ["local_llm_url", "scripted_llm", "scripted_llm_session"]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Not below pytest's own temporary folder, whose modes it resets while we run."""
    folder = Path(tempfile.mkdtemp(prefix="hb-data-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
