"""The published abuse suite of the network door: addresses that must never be connected to.

Run it to see the table: `python -m tests.support.abuse_addresses` prints each case, the decision, and the
connections that were opened (0). The resolver is ours: no name is looked up, nothing leaves this machine.
"""

import socket
import sys
from contextlib import contextmanager
from dataclasses import dataclass

from index.errors import SourceError
from index.sources.fetch import Door


@dataclass(frozen=True)
class Case:
    """An address, and the numbers that its name has; none means that the host is itself a number."""

    name: str
    url: str
    numbers: tuple[str, ...] = ()


# The numbers are examples from IANA's special-purpose registries and from the attacks that are known on them.
CASES = (
    Case("loopback", "http://127.0.0.1/"),
    Case("loopback, another of its numbers", "http://127.8.9.10/"),
    Case("loopback by name", "http://localhost/", ("127.0.0.1", "::1")),
    Case("loopback by name with a final dot", "http://localhost./", ("127.0.0.1",)),
    Case("loopback by a public name", "http://local.example.com/", ("127.0.0.1",)),
    Case("loopback, short form", "http://127.1/"),
    Case("loopback, decimal", "http://2130706433/"),
    Case("loopback, hexadecimal", "http://0x7f000001/"),
    Case("loopback, octal", "http://0177.0.0.1/"),
    Case("loopback, mixed bases", "http://0x7f.0.0.01/"),
    Case("loopback, full-width digits", "http://\uff11\uff12\uff17.0.0.1/", ("127.0.0.1",)),
    Case("loopback, circled digits", "http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/", ("127.0.0.1",)),
    Case("loopback, ideographic dots", "http://127\u30020\u30020\u30021/", ("127.0.0.1",)),
    Case("this network", "http://0/"),
    Case("this network, in full", "http://0.0.0.0/"),
    Case("private 10/8", "http://10.1.2.3/"),
    Case("private 172.16/12", "https://172.31.255.254/"),
    Case("private 192.168/16", "http://192.168.1.1/"),
    Case("carriers' shared 100.64/10", "http://100.100.100.200/"),
    Case("cloud metadata", "http://169.254.169.254/latest/meta-data/"),
    Case("cloud metadata by name", "http://metadata.example.internal/", ("169.254.169.254",)),
    Case("cloud metadata on a public number", "http://168.63.129.16/"),
    Case("IETF protocols, dummy", "http://192.0.0.8/"),
    Case("documentation 192.0.2/24", "http://192.0.2.10/"),
    Case("documentation 198.51.100/24", "http://198.51.100.10/"),
    Case("documentation 203.0.113/24", "http://203.0.113.10/"),
    Case("benchmarks 198.18/15", "http://198.19.0.1/"),
    Case("6to4 relay", "http://192.88.99.1/"),
    Case("multicast", "http://224.0.0.1/"),
    Case("reserved 240/4", "http://250.1.2.3/"),
    Case("broadcast", "http://255.255.255.255/"),
    Case("IPv6 loopback", "http://[::1]/"),
    Case("IPv6 loopback, in full", "http://[0:0:0:0:0:0:0:1]/"),
    Case("IPv6 unspecified", "http://[::]/"),
    Case("IPv4 mapped", "http://[::ffff:127.0.0.1]/"),
    Case("IPv4 mapped, hexadecimal", "http://[::ffff:a00:1]/"),
    Case("IPv4 compatible", "http://[::127.0.0.1]/"),
    Case("6to4", "http://[2002:7f00:1::]/"),
    Case("NAT64", "http://[64:ff9b::a00:1]/"),
    Case("NAT64, local prefix", "http://[64:ff9b:1::a00:1]/"),
    Case("Teredo", "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]/"),
    Case("unique local", "http://[fd00:ec2::254]/"),
    Case("IPv6 link-local", "http://[fe80::1]/"),
    Case("IPv6 link-local with a scope", "http://[fe80::1%25lo]/"),
    Case("IPv6 multicast", "http://[ff02::1]/"),
    Case("IPv6 documentation", "http://[2001:db8::1]/"),
    Case("IPv6 documentation, new", "http://[3fff::1]/"),
    Case("IPv6 discard", "http://[100::1]/"),
    Case("IPv6 segment routing", "http://[5f00::1]/"),
    Case("one good number, one bad", "http://mixed.example.com/", ("93.184.215.14", "10.0.0.1")),
    Case("one good number, one bad in IPv6", "http://mixed6.example.com/", ("93.184.215.14", "::1")),
    Case("user name that looks like a host", "http://example.com@127.0.0.1/"),
    Case("user name and password", "http://user:secret@example.com/", ("93.184.215.14",)),
    Case("backslash before the host", "http://example.com\\@127.0.0.1/"),
    Case("encoded host", "http://%31%32%37.0.0.1/", ("127.0.0.1",)),
    Case("line end in the address", "http://127.0.0.1\r\nHost: example.com/"),
    Case("another port", "http://example.com:22/", ("93.184.215.14",)),
    Case("https on the port of http", "https://example.com:80/", ("93.184.215.14",)),
    Case("port out of range", "http://example.com:99999/", ("93.184.215.14",)),
    Case("file", "file:///etc/passwd"),
    Case("gopher", "gopher://127.0.0.1:70/_x"),
    Case("ftp", "ftp://127.0.0.1/"),
    Case("data", "data:text/html,hello"),
    Case("no host", "http:///etc/passwd"),
    Case("no scheme", "//127.0.0.1/"),
    Case("brackets left open", "http://[::1/"),
)


def resolver(numbers):
    """Return a resolver that answers these numbers for a name, and parses hosts that are numbers."""

    def resolve(host, port):
        if numbers:
            return numbers
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        return tuple(answer[4][0] for answer in answers)

    return resolve


_recording = []


def _hook(event, args):
    if event == "socket.connect" and _recording:
        _recording[-1].append(args[1])


@contextmanager
def recorded_connects():
    """Record the target of every connect of this process, whoever makes it."""
    if not hasattr(sys, "_pullquote_connect_hook"):
        sys.addaudithook(_hook)  # cannot be taken off again: it records only while a list is here
        sys._pullquote_connect_hook = _hook
    targets = []
    _recording.append(targets)
    try:
        yield targets
    finally:
        _recording.remove(targets)


def judge(case):
    """Fetch the case and return (decision, connections opened)."""
    with recorded_connects() as targets:
        try:
            Door(resolver=resolver(case.numbers), seconds=2).fetch(case.url)
            decision = "FETCHED"
        except SourceError as error:
            decision = type(error).__name__
    return decision, len(targets)


def main():
    """Print the table."""
    for case in CASES:
        decision, connects = judge(case)
        print(f"{case.name:38} {decision:18} {connects}  {case.url!r}")


if __name__ == "__main__":
    main()
