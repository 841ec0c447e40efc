"""Tools and secrets: things of a tenant's that are called by their names."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from api.bodies import json_body
from api.deps import CurrentActor, CurrentScope, Parts, caught_up, current_actor, may_author, tenant_of
from api.errors import ApiProblem, not_found
from api.models.common import DoneByName
from api.models.tools import Secret, SecretPage, SetSecretBody, SetToolBody, Tool, ToolPage
from api.pagination import PageDep, encode
from api.parts import Deps
from api.submit import Attempt, AttemptDep
from schemas.authoring.commands import DeprecateTool, RemoveSecret, SetSecret, SetTool
from schemas.authoring.parts import SecretName, ToolName
from schemas.authoring.tools import McpTool, ToolDefinition
from schemas.base import TenantId

router = APIRouter(tags=["tools"], dependencies=[Depends(current_actor), may_author()])


@router.put("/tools/{tool_name}", response_model=DoneByName, summary="Create or replace a tool")
async def set_tool(
    parts: Parts,
    attempt: AttemptDep,
    tool_name: ToolName,
    body: Annotated[SetToolBody, json_body(SetToolBody)],
) -> Any:
    tenant_id = tenant_of(attempt.actor)
    require_server(parts, body.definition, tenant_id)
    return await send(attempt, SetTool(tenant_id=tenant_id, name=tool_name, definition=body.definition))


@router.delete("/tools/{tool_name}", response_model=DoneByName, summary="Deprecate a tool")
async def deprecate_tool(attempt: AttemptDep, tool_name: ToolName) -> Any:
    """Published versions keep it; nothing new may use it."""
    return await send(attempt, DeprecateTool(tenant_id=tenant_of(attempt.actor), name=tool_name))


@router.get("/tools", response_model=ToolPage, dependencies=[caught_up("tools")], summary="List the tools")
async def list_tools(parts: Parts, actor: CurrentActor, scope: CurrentScope, page: PageDep) -> ToolPage:
    found = await parts.reads.tools(scope, tenant_of(actor), page.key, page.limit)
    return ToolPage(items=[Tool(**asdict(row)) for row in found.items], next_cursor=encode(found.next))


@router.get(
    "/tools/{tool_name}",
    response_model=Tool,
    dependencies=[caught_up("tools")],
    summary="Look at a tool",
)
async def get_tool(parts: Parts, actor: CurrentActor, scope: CurrentScope, tool_name: ToolName) -> Tool:
    row = await parts.reads.tool(scope, tenant_of(actor), tool_name)
    if row is None:
        raise not_found("authoring.tool_not_found", "tool")
    return Tool(**asdict(row))


@router.put("/secrets/{secret_name}", response_model=DoneByName, tags=["secrets"], summary="Set a secret")
async def set_secret(
    parts: Parts,
    attempt: AttemptDep,
    secret_name: SecretName,
    body: Annotated[SetSecretBody, json_body(SetSecretBody)],
) -> Any:
    """The value is encrypted here and never shown again."""
    tenant_id = tenant_of(attempt.actor)
    sealed = parts.secrets.seal(tenant_id, body.value.get_secret_value())
    command = SetSecret(
        tenant_id=tenant_id,
        name=secret_name,
        ciphertext=sealed.ciphertext,
        fingerprint=sealed.fingerprint,
    )
    return await send(attempt, command)


@router.delete(
    "/secrets/{secret_name}", response_model=DoneByName, tags=["secrets"], summary="Remove a secret"
)
async def remove_secret(attempt: AttemptDep, secret_name: SecretName) -> Any:
    return await send(attempt, RemoveSecret(tenant_id=tenant_of(attempt.actor), name=secret_name))


@router.get(
    "/secrets", response_model=SecretPage, dependencies=[caught_up("secrets")], summary="List the secrets"
)
async def list_secrets(parts: Parts, actor: CurrentActor, scope: CurrentScope, page: PageDep) -> SecretPage:
    """Their names and fingerprints; never their values."""
    found = await parts.reads.secrets(scope, tenant_of(actor), page.key, page.limit)
    return SecretPage(items=[Secret(**asdict(row)) for row in found.items], next_cursor=encode(found.next))


def require_server(parts: Deps, definition: ToolDefinition, tenant_id: TenantId) -> None:
    """The list is a setting, which no decision knows. The worker asks again at every use."""
    server = definition.server if isinstance(definition, McpTool) else None
    if server is not None and parts.mcp_servers.find(server, tenant_id) is None:
        raise ApiProblem(403, "tool.server_not_allowed", f"The MCP server {server!r} is not for this tenant.")


async def send(attempt: Attempt, command: SetTool | DeprecateTool | SetSecret | RemoveSecret) -> Any:
    answer = await attempt.send(command, command.tenant_id, attempt.actor.partner_id)
    if answer is None:
        return attempt.pending(name=command.name)
    return DoneByName(name=command.name, position=answer.position)
