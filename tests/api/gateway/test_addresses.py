from ipaddress import ip_address

import pytest

from api.gateway.addresses import caller, counted_as, networks
from infra.errors import SetupError

PROXIES = networks("10.0.0.0/8, fd00::/8")
PROXY = "10.0.0.1"


def seen(peer: str, *forwarded: str) -> str:
    return str(caller(ip_address(peer), forwarded, PROXIES))


@pytest.mark.parametrize(
    "peer, forwarded, found",
    [
        ("203.0.113.7", (), "203.0.113.7"),
        ("203.0.113.7", ("198.51.100.1",), "203.0.113.7"),
        (PROXY, (), PROXY),
        (PROXY, ("198.51.100.1",), "198.51.100.1"),
        (PROXY, ("6.6.6.6, 198.51.100.1",), "198.51.100.1"),
        (PROXY, ("6.6.6.6", "198.51.100.1"), "198.51.100.1"),
        (PROXY, ("198.51.100.1, 10.0.0.2",), "198.51.100.1"),
        (PROXY, ("10.0.0.3, 10.0.0.2",), "10.0.0.3"),
        (PROXY, ("nonsense",), PROXY),
        (PROXY, ("198.51.100.1, nonsense, 10.0.0.2",), "10.0.0.2"),
        (PROXY, ("",), PROXY),
        ("fd00::1", ("2001:db8::1",), "2001:db8::1"),
        (PROXY, ("::ffff:198.51.100.1",), "198.51.100.1"),
    ],
)
def test_the_right_most_address_that_is_no_proxy_of_ours(
    peer: str, forwarded: tuple[str, ...], found: str
) -> None:
    assert seen(peer, *forwarded) == found


def test_a_thousand_forged_hops_are_not_all_read() -> None:
    assert seen(PROXY, ", ".join(["6.6.6.6"] + ["10.0.0.2"] * 1_000)) == "10.0.0.2"


def test_a_way_without_proxies_believes_nobody() -> None:
    assert str(caller(ip_address("127.0.0.1"), ["6.6.6.6"], ())) == "127.0.0.1"


def test_one_ipv6_network_counts_as_one() -> None:
    assert counted_as("2001:db8:0:1::1") == counted_as("2001:db8:0:1:ffff::2")
    assert counted_as("2001:db8:0:1::1") != counted_as("2001:db8:0:2::1")
    assert counted_as("203.0.113.7") == "203.0.113.7"
    assert counted_as("unknown") == "unknown"


@pytest.mark.parametrize("text", ["10.0.0.1/8", "proxy.internal", "10.0.0.0/8 fd00::/8"])
def test_what_is_no_network_stops_the_start(text: str) -> None:
    with pytest.raises(SetupError, match="HB_TRUSTED_PROXIES"):
        networks(text)
