"""The shapes every message has: immutable, closed, named once."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, NamedTuple, NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict

TenantId = NewType("TenantId", UUID)
PartnerId = NewType("PartnerId", UUID)
UserId = NewType("UserId", UUID)

PLATFORM = TenantId(UUID(int=0))
"""Owner of rows that belong to no tenant: partners, system rates, platform users."""


class Value(BaseModel):
    """A value object: frozen, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class Command(Value):
    """A wish. `type_name` is `context.aggregate.verb`; `stream` is a format string over the fields.

    `of_platform`: about something that belongs to no tenant, whoever causes it. `anew`: something begins that
    the tenant's partner of now answers for, whatever led to it. `opens`: its stream begins with it.
    """

    type_name: ClassVar[str]
    stream: ClassVar[str]
    of_platform: ClassVar[bool]
    anew: ClassVar[bool]
    opens: ClassVar[bool]

    def __init_subclass__(
        cls,
        *,
        type_name: str,
        stream: str,
        of_platform: bool = False,
        anew: bool = False,
        opens: bool = False,
    ) -> None:
        cls.type_name = type_name
        cls.stream = stream
        cls.of_platform = of_platform
        cls.anew = anew
        cls.opens = opens

    @property
    def stream_id(self) -> str:
        return self.stream.format(self)

    @property
    def of_tenant(self) -> TenantId | None:
        """Whose it is, whatever caused it. None: the tenant's of what caused it."""
        return PLATFORM if self.of_platform else None

    def falls_under(self, now: datetime) -> datetime | None:
        """Whoever was the tenant's partner at that moment answers for it; None: the partner its cause had."""
        return now if self.anew else None


class Claim(NamedTuple):
    """A name only one owner may hold, taken in the transaction of the event that claims it."""

    kind: str
    value: str
    owner: str


class Event(Value):
    """A fact. `type_name` is `context.aggregate.fact` and never changes; a changed meaning is a new name.

    `stream`, a format string over the fields, is for facts that stand in another stream than the one their
    command is decided on.
    """

    type_name: ClassVar[str]
    type_version: ClassVar[int]
    stream: ClassVar[str | None]
    payloads: ClassVar[frozenset[str]]
    """Fields whose value, or whose values by key, are stored outside the row when they are large."""

    def __init_subclass__(
        cls,
        *,
        type_name: str,
        type_version: int = 1,
        stream: str | None = None,
        payloads: Iterable[str] = (),
    ) -> None:
        cls.type_name = type_name
        cls.type_version = type_version
        cls.stream = stream
        cls.payloads = frozenset(payloads)

    def stream_id(self, deciding: str) -> str:
        """Where it is stored, when the command is decided on the stream `deciding`."""
        return self.stream.format(self) if self.stream else deciding

    def claims(self) -> tuple[Claim, ...]:
        return ()

    def releases(self) -> tuple[Claim, ...]:
        """Names that are free for others from now on. One its owner does not hold is no matter."""
        return ()
