import pytest

from tests.support.engine import Engine
from tests.support.harness import Harness


@pytest.fixture
def h() -> Harness:
    return Harness()


@pytest.fixture
def engine() -> Engine:
    return Engine()
