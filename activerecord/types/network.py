"""IP addresses and networks as bytes whose order is theirs, for engines that have no type for them.

An address is the byte 4 or 6 and then its own 4 or 16 bytes; a network is that and then the length of its prefix.
"""

from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any, Literal, TypeAlias

from activerecord.errors import InvalidValue
from activerecord.types.refusal import refuse_type

__all__ = [
    "AnyAddress",
    "AnyNetwork",
    "dump_address",
    "dump_network",
    "load_address",
    "load_network",
    "parse_address",
    "parse_network",
    "read_address",
    "read_network",
]

AnyAddress: TypeAlias = IPv4Address | IPv6Address
AnyNetwork: TypeAlias = IPv4Network | IPv6Network

Version: TypeAlias = Literal[4, 6] | None

# The size of an address by its version.
_SIZES = {4: 4, 6: 16}


def read_address(value: Any, version: Version) -> AnyAddress:
    """The address that is given as one, or as text. Raises InvalidValue, also for one of the other version."""
    address = parse_address(value) if isinstance(value, str) else value
    # An interface is an address to Python, with a network that would be lost.
    if not isinstance(address, IPv4Address | IPv6Address) or isinstance(address, IPv4Interface | IPv6Interface):
        raise _refused("Address", "IPv4Address, IPv6Address or the text of one", value)
    _refuse_scope("Address", address)
    _check_version("Address", address.version, version)
    return address


def read_network(value: Any, version: Version) -> AnyNetwork:
    """The network that is given as one, or as text. Raises InvalidValue, also for one of the other version."""
    network = parse_network(value) if isinstance(value, str) else value
    if not isinstance(network, IPv4Network | IPv6Network):
        raise _refused("Network", "IPv4Network, IPv6Network or the text of one", value)
    _refuse_scope("Network", network.network_address)
    _check_version("Network", network.version, version)
    return network


def parse_address(text: str) -> AnyAddress | None:
    """The address that text tells."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def parse_network(text: str) -> AnyNetwork | None:
    """The network that text tells; one with bits behind its prefix is none."""
    try:
        return ip_network(text)
    except ValueError:
        return None


def dump_address(value: Any, version: Version) -> bytes:
    """The bytes of an address. Raises InvalidValue."""
    address = read_address(value, version)
    return bytes((address.version,)) + address.packed


def load_address(stored: Any) -> Any:
    """The address of the bytes; what is none comes back as stored."""
    if isinstance(stored, bytes) and stored and _SIZES.get(stored[0]) == len(stored) - 1:
        return ip_address(stored[1:])
    return stored


def dump_network(value: Any, version: Version) -> bytes:
    """The bytes of a network. Raises InvalidValue."""
    network = read_network(value, version)
    return bytes((network.version,)) + network.network_address.packed + bytes((network.prefixlen,))


def load_network(stored: Any) -> Any:
    """The network of the bytes; what is none comes back as stored."""
    if isinstance(stored, bytes) and stored and _SIZES.get(stored[0]) == len(stored) - 2:
        try:
            return ip_network((stored[1:-1], stored[-1]))
        except ValueError:
            return stored
    return stored


def _refuse_scope(column: str, address: AnyAddress) -> None:
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        raise InvalidValue(f"a column of type {column} takes no scope behind a '%', which only one machine understands")


def _check_version(column: str, found: int, wanted: Version) -> None:
    if wanted is not None and found != wanted:
        raise InvalidValue(f"a column of type {column}({wanted}) takes those of IPv{wanted}, not IPv{found}")


def _refused(column: str, takes: str, value: Any) -> InvalidValue:
    if isinstance(value, str):
        return InvalidValue(f"a text does not parse as the value of a column of type {column}")
    return refuse_type(column, takes, value)
