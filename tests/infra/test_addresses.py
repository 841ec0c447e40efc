from ipaddress import ip_address

import pytest

from infra.addresses import Allowed, BadAllowList, all_reachable, allow_list, reachable

PRIVATE = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "192.0.0.192",
    "168.63.129.16",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "64:ff9b::a9fe:a9fe",
    "::ffff:0:127.0.0.1",
    "fe80::5efe:127.0.0.1",
    "fec0::1",
    "3fff::1",
    "192.88.99.1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_the_public_internet_is_out_of_reach(address: str) -> None:
    assert not reachable(ip_address(address), Allowed())


@pytest.mark.parametrize("address", ["93.184.215.14", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_the_public_internet_is_in_reach(address: str) -> None:
    assert reachable(ip_address(address), Allowed())


def test_one_private_address_spoils_all() -> None:
    assert all_reachable(["1.1.1.1", "2606:4700::1111"], Allowed())
    assert not all_reachable(["1.1.1.1", "10.0.0.1"], Allowed())


def test_exceptions_are_places_and_networks() -> None:
    allowed = allow_list(" LocalHost:8080, 10.1.0.0/16 ,[::1]:9000,fd00::/8")
    assert allowed.place("localhost", 8080) and allowed.place("::1", 9000)
    assert not allowed.place("localhost", 8081)
    assert reachable(ip_address("10.1.2.3"), allowed) and reachable(ip_address("fd00::1"), allowed)
    assert reachable(ip_address("::ffff:10.1.2.3"), allowed)
    assert not reachable(ip_address("10.2.0.1"), allowed)
    assert allow_list(None) == allow_list("") == Allowed()


@pytest.mark.parametrize("text", ["localhost", "10.0.0.0/33", "x:y", ":80"])
def test_an_exception_that_is_none_is_an_error(text: str) -> None:
    with pytest.raises(BadAllowList):
        allow_list(text)
