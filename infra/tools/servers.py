"""The MCP servers the operator offers by stdio, and to whom."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from schemas.base import TenantId


class BadServerList(ValueError):
    """HB_MCP_SERVERS cannot be read."""


class Server(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    command: Annotated[tuple[str, ...], Field(min_length=1)]
    tenants: Literal["*"] | frozenset[UUID]

    def open_to(self, tenant_id: TenantId) -> bool:
        return self.tenants == "*" or tenant_id in self.tenants


SERVERS = TypeAdapter(dict[Annotated[str, Field(min_length=1, max_length=80)], Server])


class Servers:
    def __init__(self, servers: dict[str, Server]) -> None:
        self._servers = servers

    @classmethod
    def parse(cls, text: str | None) -> "Servers":
        try:
            return cls(SERVERS.validate_json(text) if text else {})
        except ValidationError as error:
            problems = error.errors(include_url=False, include_input=False, include_context=False)
            places = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in problems)
            raise BadServerList(f"HB_MCP_SERVERS cannot be read: {places}") from None

    def find(self, name: str, tenant_id: TenantId) -> Server | None:
        """None: there is none, or it is not for this tenant."""
        server = self._servers.get(name)
        return server if server and server.open_to(tenant_id) else None
