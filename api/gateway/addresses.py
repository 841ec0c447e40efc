"""Whose address a request has: the connection's, unless a proxy we trust says whose it passes on."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from infra.errors import SetupError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
MOST_HOPS = 16
"""Of `X-Forwarded-For`, from the right; more proxies of ours there are not."""


def networks(text: str | None) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in (text or "").split(",") if part.strip())
    except ValueError as error:
        fix = "List networks, for example `10.0.0.0/8, fd00::/8`."
        raise SetupError(f"HB_TRUSTED_PROXIES is not understood: {error}.", fix) from error


def parsed(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def trusted(address: Address | None, proxies: Sequence[Network]) -> bool:
    return address is not None and any(address in network for network in proxies)


def caller(peer: Address | None, forwarded: Sequence[str], proxies: Sequence[Network]) -> Address | None:
    """Going back from our side, the first address that is no proxy of ours: what is left of it is hearsay."""
    hops = [hop.strip() for line in forwarded for hop in line.split(",")][-MOST_HOPS:]
    found = peer
    while hops and trusted(found, proxies):
        before = parsed(hops.pop())
        if before is None:
            return found
        found = before
    return found


def counted_as(ip: str) -> str:
    """Who has one IPv6 address has its /64: counted one by one, they would never be full."""
    address = parsed(ip)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return ip
