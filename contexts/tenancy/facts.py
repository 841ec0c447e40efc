from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PartnerFacts:
    """The partner a tenant comes to."""

    exists: bool
    closed: bool = False
