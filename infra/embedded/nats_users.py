"""Who may publish and hear what on a NATS server, in the server's own words."""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from infra.embedded import owner_only

FILE = "users.json"
PASSWORD_BYTES = 32
SLOWEST_SECONDS = 20
"""To say who one is. After the server's own two it hangs up on clients of a busy machine."""


@dataclass(frozen=True, slots=True)
class Permissions:
    """Subjects, wildcards included. What is not in them is refused."""

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]


ADMIN = "admin"
EVERYTHING = Permissions((">",), (">",))


def passwords(folder: Path, users: Iterable[str]) -> dict[str, str]:
    """Kept from start to start, as the ports are: who is connected may come back."""
    file = folder / FILE
    known = json.loads(file.read_text()) if file.exists() else {}
    made = {user: known.get(user) or secrets.token_urlsafe(PASSWORD_BYTES) for user in users}
    if made != known:
        owner_only.write(file, json.dumps(made))
    return made


def authorization(users: Mapping[str, Permissions], known: Mapping[str, str]) -> str:
    """The block of a server's configuration; JSON's quotes keep NATS from reading `$` as its own."""
    lines = ["authorization {", f"  timeout: {SLOWEST_SECONDS}", "  users: ["]
    for user, permissions in users.items():
        lines += [
            f"    {{ user: {json.dumps(user)}, password: {json.dumps(known[user])}, permissions: {{",
            f"      publish: {{ allow: {json.dumps(permissions.publish)} }}",
            f"      subscribe: {{ allow: {json.dumps(permissions.subscribe)} }}",
            "    } }",
        ]
    return "\n".join([*lines, "  ]", "}", ""])


def address_of(folder: Path, url: str, user: str) -> str:
    """The embedded server's address for another of its users."""
    return as_user(url, user, json.loads((folder / FILE).read_text())[user])


def as_user(url: str, user: str, password: str) -> str:
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user)}:{quote(password)}@{place}"))


def user_of(url: str) -> str | None:
    return urlsplit(url).username
