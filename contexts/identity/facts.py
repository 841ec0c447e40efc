"""What decisions of identity need to know of other streams."""

from dataclasses import dataclass

from schemas.access import Role


@dataclass(frozen=True)
class PlaceFacts:
    """`closed`: nobody comes here any more."""

    closed: bool


@dataclass(frozen=True)
class SupportFacts:
    """`role`: of the user support wants to act as, None when they are no member."""

    role: Role | None
