"""Everything that is wrong with a tool, found at once. No problems: requests can be made of it."""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass

from contexts.authoring.rules import unfit_schema
from contexts.hashes import canonical_json
from contexts.templates import MalformedTemplate
from contexts.tool_templates import Argument, Part, Secret, parse, texts
from schemas.authoring.tools import HttpTool, McpTool, ToolDefinition
from schemas.envelope import Problem

MAX_BYTES = 64 * 1024
MAX_SECRETS = 20
AUTHORITY = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(?=[/?]|$)")
HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
OWN_HEADERS = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""What the client itself decides."""


@dataclass(frozen=True, slots=True)
class Site:
    """A template in its place. `private`: secrets may stand here."""

    path: str
    template: str
    private: bool


def problems(tool: ToolDefinition, known_secrets: Set[str]) -> list[Problem]:
    return [
        *size_problems(tool),
        *parameter_problems(tool),
        *server_problems(tool),
        *header_problems(tool),
        *url_problems(tool),
        *secret_problems(tool),
        *template_problems(tool, known_secrets),
    ]


def named_secrets(tool: ToolDefinition) -> list[str]:
    """One more than allowed at most. Of a malformed tool too, as far as it can be read."""
    found = (part for site in sites(tool) for part in readable(site.template))
    names = dict.fromkeys(part.name for part in found if isinstance(part, Secret))
    return list(names)[: MAX_SECRETS + 1]


def readable(template: str) -> tuple[Part, ...]:
    try:
        return parse(template)
    except MalformedTemplate:
        return ()


def sites(tool: ToolDefinition) -> Iterator[Site]:
    if isinstance(tool, HttpTool | McpTool):
        yield from (Site(f"headers{path}", text, True) for path, text in texts(tool.headers))
        if tool.url:
            yield Site("url", tool.url, False)
    if isinstance(tool, HttpTool):
        yield from (Site(f"query{path}", text, True) for path, text in texts(tool.query))
        yield from (Site(f"body{path}", text, False) for path, text in texts(tool.body))


def size_problems(tool: ToolDefinition) -> Iterator[Problem]:
    size = len(canonical_json(tool))
    if size > MAX_BYTES:
        message = f"the definition has {size} bytes as JSON; {MAX_BYTES} are allowed"
        yield Problem(code="authoring.definition_too_large", message=message)


def parameter_problems(tool: ToolDefinition) -> Iterator[Problem]:
    yield from unfit_schema(tool.parameters, "parameters", None)
    if tool.parameters.get("type") != "object":
        message = 'arguments have names: {"type": "object", "properties": {…}}'
        yield Problem(code="authoring.malformed_schema", message=message, path="parameters")


def server_problems(tool: ToolDefinition) -> Iterator[Problem]:
    if not isinstance(tool, McpTool):
        return
    if (tool.url is None) == (tool.server is None):
        message = "an MCP tool has either a url or a server"
        yield Problem(code="authoring.url_or_server", message=message, path="url")
    if tool.server is not None and tool.headers:
        message = "headers go with a url; a server is not reached by HTTP"
        yield Problem(code="authoring.headers_without_url", message=message, path="headers")


def header_problems(tool: ToolDefinition) -> Iterator[Problem]:
    for name in tool.headers if isinstance(tool, HttpTool | McpTool) else ():
        if not HEADER.fullmatch(name) or name.lower() in OWN_HEADERS:
            message = f"{name[:100]!r} is no header a tool may set"
            yield Problem(code="authoring.invalid_header", message=message, path="headers")


def url_problems(tool: ToolDefinition) -> Iterator[Problem]:
    url = tool.url if isinstance(tool, HttpTool | McpTool) else None
    if url is not None and not AUTHORITY.match(url):
        message = "host and port must be plain: no templates, no user or password, ASCII letters only"
        yield Problem(code="authoring.invalid_url", message=message, path="url")
    if url is not None and "#" in url:
        message = "what follows a # is never sent"
        yield Problem(code="authoring.invalid_url", message=message, path="url")


def secret_problems(tool: ToolDefinition) -> Iterator[Problem]:
    if len(named_secrets(tool)) > MAX_SECRETS:
        message = f"a tool may use {MAX_SECRETS} secrets"
        yield Problem(code="authoring.too_many_secrets", message=message, path="headers")


def template_problems(tool: ToolDefinition, known_secrets: Set[str]) -> Iterator[Problem]:
    declared = tool.parameters.get("properties")
    names = frozenset(declared) if isinstance(declared, dict) else None
    for site in sites(tool):
        try:
            parts = parse(site.template)
        except MalformedTemplate as error:
            yield Problem(code="authoring.malformed_template", message=str(error), path=site.path)
            continue
        for part in dict.fromkeys(parts):
            yield from reference_problems(site, part, names, known_secrets)


def reference_problems(
    site: Site, part: Part, declared: Set[str] | None, known_secrets: Set[str]
) -> Iterator[Problem]:
    match part:
        case Argument() if declared is not None and part.keys[0] not in declared:
            message = f"the parameters have no {part.keys[0]!r}"
            yield Problem(code="authoring.undeclared_argument", message=message, path=site.path)
        case Secret() if not site.private:
            message = "secrets may stand in headers and query only"
            yield Problem(code="authoring.secret_out_of_place", message=message, path=site.path)
        case Secret() if part.name not in known_secrets:
            message = f"there is no secret {part.name}"
            yield Problem(code="authoring.unknown_secret", message=message, path=site.path)
