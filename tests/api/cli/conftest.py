from pathlib import Path

import httpx2
import pytest

from api.cli.kept_login import Here
from tests.api.cli.answering import Edge


@pytest.fixture
def edge() -> Edge:
    return Edge()


@pytest.fixture
def at(edge: Edge, tmp_path: Path) -> Here:
    def opened(url: str) -> httpx2.Client:
        return httpx2.Client(base_url=url, transport=httpx2.MockTransport(edge))

    return Here(tmp_path / "data" / "login.json", "http://api.example", opened)
