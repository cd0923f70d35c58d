"""Where a cluster is and what its indexes are called. Pure.

A library is three indexes behind aliases: `NAME-articles` holds the articles, `NAME-passages` is made from them for
searching, and `NAME-writes` records the changes under way. `NAME-chats`, which bots share, is not part of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from ... import patterns

PORT = 9200
_HOST = patterns.compile(r"(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?")
_NAME = patterns.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")


@dataclass(frozen=True, slots=True)
class ClusterLocation:
    """The nodes of a cluster and the name of a library on it."""

    hosts: tuple[tuple[str, int], ...]
    name: str

    @property
    def articles(self) -> str:
        """The alias of the articles, from which the passages are made."""
        return f"{self.name}-articles"

    @property
    def passages(self) -> str:
        """The alias of the passages, which are searched."""
        return f"{self.name}-passages"

    @property
    def writes(self) -> str:
        """The alias of the changes under way."""
        return f"{self.name}-writes"

    @property
    def chats(self) -> str:
        """The alias of the records of chats."""
        return f"{self.name}-chats"


def parse_location(address: str) -> ClusterLocation:
    """Return the location for `opensearch://HOST:PORT,HOST:PORT/NAME`; the port is 9200 unless given.

    Raises:
        ValueError: the address has another form. The message does not repeat it, for it may contain a password.
    """
    rest = address.removeprefix("opensearch:").removeprefix("//")
    if "@" in rest:
        raise ValueError(
            "a user name and password do not belong in the address of a cluster; they are settings of their own"
        )
    nodes, _, name = rest.partition("/")
    found = [_HOST.fullmatch(node) for node in nodes.split(",")]
    hosts = tuple((match["host"].strip("[]"), int(match["port"] or PORT)) for match in found if match)
    if len(hosts) != len(found) or any(not 0 < port < 65536 for _, port in hosts):
        raise ValueError("an address of a cluster is opensearch://HOST:PORT,HOST:PORT/NAME")
    if not _NAME.fullmatch(name):
        raise ValueError(
            "the name after a cluster's nodes may have lower-case letters, digits, -, _ and .: opensearch://.../NAME"
        )
    return ClusterLocation(hosts, name)
