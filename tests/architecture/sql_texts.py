"""The SQL a module runs, function by function, and whether it says whose rows it is about."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

KEYS = (
    *("id", "execution_id", "job_id", "originator_id", "stream", "message_id", "invoice_id", "trigger_id"),
    *("agent_id", "workflow_id", "parent_execution_id", "owner_id", "partner_id", "call_key", "event_ref"),
)
"""A value of these belongs to one tenant, or to one partner. A payload's hash does not."""

OPTIONAL = re.compile(r"\(%\(\w+\)s(::\w+(\[\])?)? IS NULL OR [^()]*(\([^()]*\)[^()]*)*\)")
PINS = re.compile(
    rf"\b(tenant_id|{'|'.join(KEYS)})\b(\)|, \w+\.?\w*\))?\s*(=|IN\b)|\((\w+\.)?\w+, (\w+\.)?tenant_id"
)
CONDITIONS = re.compile(r"\b(?:WHERE|ON|USING)\b(.*)", re.DOTALL)


class Text(NamedTuple):
    """A statement and the function that runs it."""

    place: str
    sql: str


def texts(module: str, source: str) -> Iterator[Text]:
    """Of functions, and of constants no function of the module names."""
    tree = ast.parse(source)
    known = constants(tree)
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not stored(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for sql in {written_out(found, known) for found in outermost(node)} - {""}:
                yield Text(f"{module}:{node.name}", sql)
    for name in known.keys() - named:
        yield Text(f"{module}:{name}", known[name])


def stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def constants(tree: ast.Module) -> dict[str, str]:
    """The module's texts by name, those made of others written out."""
    known: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            text = written_out(node.value, known)
            if text:
                known[node.targets[0].id] = text
    return known


def outermost(node: ast.AST) -> Iterator[ast.AST]:
    """Texts and their names, not the pieces longer ones are made of."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.JoinedStr | ast.Constant | ast.Name | ast.BinOp):
            yield child
        else:
            yield from outermost(child)


def written_out(node: ast.AST, known: Mapping[str, str]) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(written_out(value, known) for value in values)
        case ast.Name(id=name):
            return known.get(name, "")
        case ast.FormattedValue(value=value):
            return written_out(value, known) or "<>"
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return written_out(left, known) + written_out(right, known)
    return ""


def touched(sql: str, tables: frozenset[str]) -> set[str]:
    """Tenants' tables it reads, changes or empties. What is inserted has a tenant, or Postgres refuses it."""
    named = re.findall(r"\b(?:FROM|JOIN|UPDATE)\s+\{?(\w+?)(?:_v1)?\}?\b", sql)
    return set(named) & tables


def pinned(sql: str) -> bool:
    """Every part says whose rows: a condition that may be left out does not count."""
    conditions = CONDITIONS.search(OPTIONAL.sub("", sql))
    return bool(conditions and PINS.search(conditions[1]))


def offenders(module: str, source: str, tables: frozenset[str]) -> dict[str, str]:
    """Places and a statement there that is about nobody in particular."""
    return {
        text.place: text.sql
        for text in texts(module, source)
        if touched(text.sql, tables) and not pinned(text.sql)
    }


def calls(source: str) -> set[str]:
    """Functions of other modules it names, as `package.module:function`."""
    tree = ast.parse(source)
    modules = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    through = {
        f"{modules[node.value.id]}:{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules
    }
    return through | {":".join(name.rsplit(".", 1)) for name in modules.values()}
