"""The client's address: past our proxies, and past nothing that anyone can write."""

from typing import Any

import pytest
from django.test import RequestFactory

from apps.ops.addresses import client_address, network_of


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "address"),
    [
        ([], "1.2.3.4", "6.6.6.6", "1.2.3.4"),
        (["10.0.0.0/8"], "1.2.3.4", "6.6.6.6", "1.2.3.4"),
        (["10.0.0.0/8"], "10.0.0.1", "1.2.3.4", "1.2.3.4"),
        (["10.0.0.0/8"], "10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (["10.0.0.0/8"], "10.0.0.1", "6.6.6.6, 1.2.3.4, 10.9.9.9", "1.2.3.4"),
        (["10.0.0.0/8"], "10.0.0.1", "", "10.0.0.1"),
        (["10.0.0.0/8"], "10.0.0.1", "1.2.3.4, nonsense", "10.0.0.1"),
        (["10.0.0.1"], "10.0.0.1", "2001:db8::1", "2001:db8::1"),
        (["10.0.0.0/8"], "", "1.2.3.4", None),
    ],
)
def test_the_nearest_that_is_no_proxy_of_ours(
    settings: Any, trusted: list[str], peer: str, forwarded: str, address: str | None
) -> None:
    settings.TRUSTED_PROXIES = trusted
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == address


def test_a_customer_has_a_whole_ipv6_network() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff") == "2001:db8::/64"
    assert network_of("1.2.3.4") == "1.2.3.4"
    assert network_of("::ffff:1.2.3.4") == "1.2.3.4"
    assert network_of(None) == "local"
