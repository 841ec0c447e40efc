from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProvisioningFacts:
    """For ProvisionTenant: does the partner's stream exist?"""

    partner_exists: bool
