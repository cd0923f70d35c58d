"""Tell which internet addresses are public, by our own table from IANA's special-purpose registries.

`ipaddress.is_global` is not used: before Python 3.12.4 it took 192.0.0.8 for a public one (CVE-2024-4032).
"""

from __future__ import annotations

import ipaddress

# IANA IPv4 Special-Purpose Address Registry, multicast (RFC 5771), class E (RFC 1112).
_IPV4 = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by carriers (CGNAT)
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, cloud metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # IETF protocols
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        "168.63.129.16/32",  # in no registry: a cloud's host agent on a public number
    )
)

# Only this block is assigned to networks (IANA IPv6 Global Unicast Address Assignments). Everything outside it
# (loopback, mapped, NAT64, unique local, link-local, multicast, SRv6) is refused without being listed.
_IPV6_UNICAST = ipaddress.IPv6Network("2000::/3")
_IPV6 = tuple(
    ipaddress.IPv6Network(block)
    for block in (
        "2001::/23",  # IETF protocols: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4 carries any IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)


def is_public(number: str) -> bool:
    """Tell whether this numeric address belongs to the public internet; False if it is not numeric."""
    try:
        address = ipaddress.ip_address(number)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in block for block in _IPV4)
    return not address.scope_id and address in _IPV6_UNICAST and not any(address in block for block in _IPV6)


def is_loopback(number: str) -> bool:
    """Tell whether this numeric address is a loopback address; False if it is not numeric."""
    try:
        return ipaddress.ip_address(number).is_loopback
    except ValueError:
        return False
