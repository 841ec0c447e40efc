from collections.abc import Callable
from datetime import datetime

from infra.addresses import allow_list
from infra.crypto.tenant_secrets import TenantSecrets
from infra.eventstore.types import EventStore
from infra.outbound import Outbound
from infra.settings import Settings
from infra.tools.builtin import BuiltinTools
from infra.tools.http import HttpTools
from infra.tools.mcp import McpTools
from infra.tools.runner import Tools
from infra.tools.secrets import StoredSecrets
from infra.tools.servers import Servers


def tools(settings: Settings, master: str, store: EventStore, clock: Callable[[], datetime]) -> Tools:
    """Raises BadAllowList or BadServerList when the settings make no sense."""
    outbound = Outbound(allow_list(settings.outbound_allow))
    mcp = McpTools(outbound, Servers.parse(settings.mcp_servers))
    secrets = StoredSecrets(store, TenantSecrets([master]))
    return Tools(secrets, HttpTools(outbound), mcp, BuiltinTools(clock))
