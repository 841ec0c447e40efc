"""Fixtures around model servers; a conftest imports what it wants to offer."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.support.local_llm import local_llm
from tests.support.scripted_llm import ScriptedLlm, scripted_llm_server


@pytest_asyncio.fixture(scope="session")
async def scripted_llm_session() -> AsyncIterator[ScriptedLlm]:
    async with scripted_llm_server() as llm:
        yield llm


@pytest.fixture
def scripted_llm(scripted_llm_session: ScriptedLlm) -> Iterator[ScriptedLlm]:
    scripted_llm_session.reset()
    yield scripted_llm_session


@pytest.fixture(scope="session")
def local_llm_url() -> Iterator[str]:
    with local_llm() as url:
        yield url
