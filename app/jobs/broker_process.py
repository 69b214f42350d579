"""What the operating system knows of a running broker: its memory, and which devices do not read its answers.

What Mosquitto 2.0.11 reports as its memory grows by 190 bytes with each connection, though it uses no more.
For answers that are not read it has neither a limit nor a report: the system knows what waits in each
connection, and the broker's log says whose that is, as a device's client id is its login.
"""

from __future__ import annotations

import ipaddress
import re
from contextlib import suppress
from pathlib import Path

_MUCH = 16_384  # bytes that wait in a connection: thousands of acknowledgements
_CONNECTED = re.compile(r"New client connected from ([0-9A-Fa-f.:]+):(\d+) as (\S+) \(")
_SIZES = re.compile(r"^Vm(?:RSS|Swap):\s+(\d+) kB$", re.MULTILINE)
Address = tuple[str, int]


class Process:
    """A broker's process; its connections, as far as they were made while its log was read."""

    def __init__(self, process: int) -> None:
        self._status = Path(f"/proc/{process}/status")
        self._tables = [Path(f"/proc/{process}/net/{name}") for name in ("tcp", "tcp6")]
        self._addresses: dict[str, Address] = {}  # latest of each client id

    def log(self, line: str) -> None:
        """A line of the broker's log."""
        if found := _CONNECTED.search(line):
            host, port, client_id = found.groups()
            with suppress(ValueError):
                self._addresses[client_id] = _plain(ipaddress.ip_address(host)), int(port)

    def memory(self) -> int | None:
        """Bytes that it has in use, in memory and on swap; None where the system does not say."""
        found = _SIZES.findall(_text(self._status))
        return sum(map(int, found)) << 10 if found else None

    def unread(self) -> dict[str, int]:
        """Client ids with much that waits for them, and how many bytes."""
        waiting: dict[Address, int] = {}
        for table in self._tables:
            waiting |= queues(_text(table))
        found = ((client_id, waiting.get(address, 0)) for client_id, address in self._addresses.items())
        return {client_id: size for client_id, size in found if size >= _MUCH}


def _text(path: Path) -> str:
    """What is in it; nothing where it is not, or is another's."""
    try:
        return path.read_text()
    except OSError:
        return ""


def queues(table: str) -> dict[Address, int]:
    """Bytes that wait to be sent, by the address of who should take them; from ``/proc/net/tcp``."""
    found = {}
    for line in table.splitlines()[1:]:
        _, _, remote, _, sizes, *_ = line.split()
        if size := int(sizes.partition(":")[0], 16):
            host, _, port = remote.partition(":")
            raw = bytes.fromhex(host)  # words of four bytes, each in the order of the processor
            words = (raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
            found[_plain(ipaddress.ip_address(b"".join(words))), int(port, 16)] = size
    return found


def _plain(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """An address of IPv4 is one, also where it is written as one of IPv6."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)
