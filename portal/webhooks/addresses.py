"""Which addresses may be told: a name is resolved once, every address it has is judged, and the one judged is the one connected to."""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

LONGEST = 500
_NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True)
class AddressRefused(Exception):
    """An address that must not be told; `code` says why."""

    code: str


def check(url: str, *, private: bool, hosts: str = "") -> str:
    """The IP address to connect to.

    hosts    names that may be told, with commas, those below them too; empty for all
    private  whether addresses of the bank's own network, and plain http, are allowed
    Raises   AddressRefused
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise AddressRefused("not_an_address") from None
    host = parts.hostname
    if parts.scheme not in ("https", "http") or not host or "@" in parts.netloc or parts.fragment or len(url) > LONGEST:
        raise AddressRefused("not_an_address")
    if any(letter <= " " or letter == "\x7f" for letter in url):
        raise AddressRefused("not_an_address")
    if not _chosen(host, hosts):
        raise AddressRefused("host_not_chosen")
    if parts.scheme == "http" and not private:
        raise AddressRefused("https_needed")
    found = _resolve(host, port)
    if not private and not all(is_public(one) for one in found):
        raise AddressRefused("private_address")
    return str(found[0])


def _chosen(host: str, hosts: str) -> bool:
    names = [name.strip().lower().rstrip(".") for name in hosts.split(",") if name.strip()]
    plain = host.lower().rstrip(".")
    return not names or any(plain == name or plain.endswith(f".{name}") for name in names)


def _resolve(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefused("unknown_host") from None
    return [ip_address(str(row[4][0]).partition("%")[0]) for row in rows]


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address lies in the open Internet, also where it is wrapped in one of the new kind."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast
