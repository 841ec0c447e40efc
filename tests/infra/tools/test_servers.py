from uuid import UUID

import pytest

from infra.tools.servers import BadServerList, Servers
from schemas.base import TenantId

ONE, OTHER = TenantId(UUID(int=1)), TenantId(UUID(int=2))


def test_a_server_is_found_by_those_it_is_for() -> None:
    servers = Servers.parse(
        f'{{"all": {{"command": ["a", "b"], "tenants": "*"}},'
        f' "one": {{"command": ["c"], "tenants": ["{ONE}"]}}}}'
    )
    found = servers.find("all", OTHER)
    assert found is not None and found.command == ("a", "b")
    assert servers.find("one", ONE) is not None
    assert servers.find("one", OTHER) is servers.find("none", ONE) is None
    assert Servers.parse(None).find("all", ONE) is None


@pytest.mark.parametrize(
    "text",
    [
        "files-mcp --token=abc",
        '{"a": {"command": "files-mcp --token=abc", "tenants": "*"}}',
        '{"a": {"command": [], "tenants": "*"}}',
        '{"a": {"command": ["b"]}}',
        '{"a": {"command": ["b"], "tenants": ["everybody"]}}',
        '{"": {"command": ["b"], "tenants": "*"}}',
    ],
)
def test_a_list_that_makes_no_sense_is_an_error_without_its_values(text: str) -> None:
    with pytest.raises(BadServerList) as caught:
        Servers.parse(text)
    assert "abc" not in str(caught.value)
