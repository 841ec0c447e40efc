import pytest

from tests.support.harness import Harness


@pytest.fixture
def h() -> Harness:
    return Harness()
