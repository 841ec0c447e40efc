"""What opens something, as it is stored: hashes of 256 random bits, and the networks they count from."""

import ipaddress
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

SecretHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256, hexadecimal."""

KeyPrefix = Annotated[str, StringConstraints(pattern=r"^[a-z2-7]{8}$")]
"""The part of a key that may be shown: it tells keys apart and opens nothing."""


def network(text: str) -> str:
    return str(ipaddress.ip_network(text.strip(), strict=False))


Network = Annotated[str, StringConstraints(max_length=43), AfterValidator(network)]
"""An address, or a range of them in CIDR notation."""


def inside(address: str, networks: tuple[str, ...]) -> bool:
    """Without networks every address is."""
    if not networks:
        return True
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(known, "ipv4_mapped", None)
    return any((mapped or known) in ipaddress.ip_network(one) for one in networks)
