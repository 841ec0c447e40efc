"""What a new platform needs before anybody can use it: a rate for its own model, a first admin."""

import asyncio
import secrets
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from pydantic import TypeAdapter, ValidationError

from api.adapters.vault import Accounts
from api.cli.errors import Refused
from api.cli.operate import Desk
from infra.crypto.passwords import Passwords
from infra.eventstore.reading import of_stream
from schemas.access import Role
from schemas.base import UserId
from schemas.billing.commands import SetSystemRate
from schemas.billing.events import SystemRateSet
from schemas.billing.types import TokenRates
from schemas.identity.commands import GrantMembership, RegisterUser
from schemas.identity.types import Email, Place
from schemas.tenancy.types import Name

LOCAL_MODEL = "local/smollm2"
# What the electricity of this machine comes to, in US dollars per million tokens.
LOCAL_RATES = TokenRates(input=Decimal("0.05"), output=Decimal("0.10"))
FIRST_ADMIN = UserId(UUID("0c9a4b62-6c0b-4b7e-8a55-1f5f2d9c7e01"))
FIRST_EMAIL = "admin@hirebuddha.local"
RATE_CARD = "rate_card-system"
MANY = 10_000


@dataclass(frozen=True)
class Login:
    email: str
    password: str


async def local_rate(desk: Desk) -> None:
    """Only when it has none: what an operator set stays."""
    if LOCAL_MODEL not in await rated_models(desk):
        await desk.order(SetSystemRate(model=LOCAL_MODEL, rates=LOCAL_RATES))


async def rated_models(desk: Desk) -> set[str]:
    """From the record itself: a projection may be behind."""
    async with desk.pool.connection() as conn:
        found = await of_stream(conn, RATE_CARD, 0, MANY)
    return {recorded.event.rate.model for recorded in found if isinstance(recorded.event, SystemRateSet)}


async def first_admin(desk: Desk, accounts: Accounts) -> Login | None:
    """None when there was one before: only the hash of its password was kept."""
    async with desk.pool.connection() as conn:
        if await of_stream(conn, f"user-{FIRST_ADMIN}", 0, 1):
            return None
    return await register_admin(desk, accounts, FIRST_EMAIL, "Platform admin", new_password(), FIRST_ADMIN)


async def register_admin(
    desk: Desk, accounts: Accounts, email: str, name: str, password: str, user_id: UserId | None = None
) -> Login:
    """The login works when this returns."""
    address, told_name = checked(Email, email, "email"), checked(Name, name, "name")
    id_ = user_id or UserId(uuid4())
    await accounts.passwords.create(id_, await Passwords(concurrent=1).hash(password))
    person = await accounts.people.person(id_, address, told_name)
    await desk.order(RegisterUser(**dict(person), verified=True))
    grant = GrantMembership(place=Place(), person=person, role=Role.PLATFORM_ADMIN)
    await desk.seen(await desk.order(grant), "users", "members")
    return Login(address, password)


def checked(kind: Any, text: str, what: str) -> str:
    try:
        found: str = TypeAdapter(kind).validate_python(text)
    except ValidationError as error:
        raise Refused(f"{what}: {error.errors(include_input=False)[0]['msg']}", "") from error
    return found


async def seed(desk: Desk, accounts: Accounts) -> Login | None:
    _, login = await asyncio.gather(local_rate(desk), first_admin(desk, accounts))
    return login


def new_password() -> str:
    return secrets.token_urlsafe(15)
