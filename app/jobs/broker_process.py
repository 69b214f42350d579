"""What the operating system knows of a running broker: its memory, and which devices do not read its answers.

What Mosquitto 2.0.11 reports as its memory grows by 190 bytes with each connection, though it uses no more.
For answers that are not read it has neither a limit nor a report: the system knows what waits in each
connection, and the broker's log says whose that is, as a device's client id is its login.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_MUCH = 16_384  # bytes that wait in a connection: thousands of acknowledgements
_CONNECTED = re.compile(r"New client connected from ([0-9A-Fa-f.:]+):(\d+) as (\S+) \(")
_SIZES = re.compile(r"^Vm(?:RSS|Swap):\s+(\d+) kB$", re.MULTILINE)
_ESTABLISHED = "01"
Address = tuple[str, int]


class Process:
    """A broker's process; its connections, as far as they were made while its log was read."""

    def __init__(self, process: int) -> None:
        self._status = Path(f"/proc/{process}/status")
        self._tables = [Path(f"/proc/{process}/net/{name}") for name in ("tcp", "tcp6")]
        self._addresses: dict[str, Address] = {}  # latest of each client id, in the order of connecting
        self._owners: dict[Address, str] = {}  # the same, from the other side

    def log(self, line: str) -> None:
        """A line of the broker's log."""
        if found := _CONNECTED.search(line):
            host, port, client_id = found.groups()
            with suppress(ValueError):
                self._connect(client_id, (_plain(ipaddress.ip_address(host)), int(port)))

    def _connect(self, client_id: str, address: Address) -> None:
        """An address is whoever connected from it last: behind a proxy ports come again soon."""
        if former := self._owners.pop(address, None):
            self._addresses.pop(former, None)
        if earlier := self._addresses.pop(client_id, None):
            self._owners.pop(earlier, None)
        self._addresses[client_id], self._owners[address] = address, client_id

    def memory(self) -> int | None:
        """Bytes that it has in use, in memory and on swap; None where the system does not say."""
        found = _SIZES.findall(_text(self._status))
        return sum(map(int, found)) << 10 if found else None

    def unread(self) -> dict[str, int]:
        """Client ids with much that waits for them, and how many bytes."""
        waiting = self._waiting()
        found = ((client_id, waiting.get(address, 0)) for client_id, address in self._addresses.items())
        return {client_id: size for client_id, size in found if size >= _MUCH}

    def unread_by_strangers(self, port: int) -> int:
        """Bytes that wait, where they are many, in connections to this port that were made before."""
        known = self._owners
        found = (one for table in self._tables for one in connections(_text(table)))
        return sum(
            size for at, address, size in found if at == port and size >= _MUCH and address not in known
        )

    def connected(self) -> list[str]:
        """Client ids whose connection is there still, those first that connected first."""
        there = self._waiting()
        return [client_id for client_id, address in self._addresses.items() if address in there]

    def _waiting(self) -> dict[Address, int]:
        tables = (connections(_text(table)) for table in self._tables)
        return {address: size for table in tables for _, address, size in table}


def _text(path: Path) -> str:
    """What is in it; nothing where it is not, or is another's."""
    try:
        return path.read_text()
    except OSError:
        return ""


def connections(table: str) -> Iterator[tuple[int, Address, int]]:
    """Of each in ``/proc/net/tcp``: own port, the other side's address, bytes that wait to be sent to it."""
    for line in table.splitlines()[1:]:
        _, local, remote, state, sizes, *_ = line.split()
        if state == _ESTABLISHED:
            host, _, port = remote.partition(":")
            raw = bytes.fromhex(host)  # words of four bytes, each in the order of the processor
            words = (raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
            address = _plain(ipaddress.ip_address(b"".join(words))), int(port, 16)
            yield int(local.rpartition(":")[2], 16), address, int(sizes.partition(":")[0], 16)


def _plain(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """An address of IPv4 is one, also where it is written as one of IPv6."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)
