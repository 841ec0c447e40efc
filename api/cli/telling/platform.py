"""A platform for the length of one story."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from types import MappingProxyType
from typing import Any, TypeVar
from uuid import uuid4

from api.adapters.vault import opened_people
from api.cli import endpoints as remembered
from api.cli.boot import Boot, Later, Running
from api.cli.operate import desk
from api.cli.seeds import Login, new_password, register_admin
from bus.permissions import USERS
