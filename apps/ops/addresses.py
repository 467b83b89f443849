"""Whose address a request came from, past the proxies that we trust and no further."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The nearest address that no trusted proxy has: what stands left of it in X-Forwarded-For, anyone can write.

    With no TRUSTED_PROXIES, the peer itself. None on a Unix socket.
    """
    trusted = _networks(tuple(settings.TRUSTED_PROXIES))
    address = str(request.META.get("REMOTE_ADDR") or "")
    hops = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    while _is_trusted(address, trusted) and hops:
        hop = hops.pop().strip()
        if not _is_address(hop):
            break
        address = hop
    return address or None


@lru_cache(maxsize=8)
def _networks(words: tuple[str, ...]) -> list[IPv4Network | IPv6Network]:
    return [ip_network(word) for word in words]


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_trusted(address: str, trusted: list[IPv4Network | IPv6Network]) -> bool:
    return bool(trusted) and _is_address(address) and any(ip_address(address) in network for network in trusted)


def network_of(address: str | None) -> str:
    """What one customer of a provider has: an IPv4 address, or the /64 of an IPv6 one."""
    if address is None:
        return "local"
    if not _is_address(address):
        return address
    number = ip_address(address)
    if number.version == 4:
        return address
    # As a socket that takes both kinds writes an IPv4 one.
    return str(number.ipv4_mapped or ip_network((int(number) >> 64 << 64, 64)))


def is_shared(address: str | None) -> bool:
    """True where it may be that of a proxy we were not told of, behind which everyone is."""
    return not settings.TRUSTED_PROXIES and (not _is_address(address or "") or not ip_address(address or "").is_global)
