"""Which addresses of the network our outbound requests may reach: those of the public internet."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NAT64 = IPv6Network("64:ff9b::/96")
# Public by their numbers, and yet a cloud's own services.
CLOUD_SERVICES = (IPv4Network("192.0.0.0/24"), IPv4Network("168.63.129.16/32"))
# Taken for public by `ipaddress`: sites' own, for documents, relays that pass on to anywhere.
NOBODYS = (IPv6Network("fec0::/10"), IPv6Network("3fff::/20"), IPv4Network("192.88.99.0/24"))


class BadAllowList(ValueError):
    """An entry is neither host:port nor a network."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Exceptions: places by name and port, and networks."""

    places: frozenset[tuple[str, int]] = frozenset()
    networks: tuple[Network, ...] = ()

    def place(self, host: str, port: int) -> bool:
        return (host.lower(), port) in self.places

    def address(self, address: Address) -> bool:
        return any(address in network for network in self.networks)


def allow_list(text: str | None) -> Allowed:
    """Of a comma-separated list: `localhost:8080, 10.1.0.0/16, [::1]:9000`."""
    places: set[tuple[str, int]] = set()
    networks: list[Network] = []
    for entry in (part.strip() for part in (text or "").split(",")):
        if network := network_of(entry):
            networks.append(network)
        elif entry:
            places.add(place_of(entry))
    return Allowed(frozenset(places), tuple(networks))


def network_of(entry: str) -> Network | None:
    try:
        return ip_network(entry, strict=False) if "/" in entry else None
    except ValueError as error:
        raise BadAllowList(f"{entry!r} is no network") from error


def place_of(entry: str) -> tuple[str, int]:
    host, _, port = entry.rpartition(":")
    if not host or not port.isdecimal():
        raise BadAllowList(f"{entry!r} is neither host:port nor a network")
    return host.strip("[]").lower(), int(port)


def reachable(address: Address, allowed: Allowed) -> bool:
    real = unwrapped(address)
    return is_public(real) or allowed.address(real) or allowed.address(address)


def all_reachable(addresses: Iterable[str], allowed: Allowed) -> bool:
    """One private address among public ones is an attack, or a mistake: neither is connected to."""
    return all(reachable(ip_address(text), allowed) for text in addresses)


def unwrapped(address: Address) -> Address:
    """The IPv4 address an IPv6 one stands for."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)


def is_public(address: Address) -> bool:
    return (
        address.is_global
        and not (address.is_multicast or address.is_reserved or address.is_link_local)
        and not any(address in network for network in (*CLOUD_SERVICES, *NOBODYS))
    )
