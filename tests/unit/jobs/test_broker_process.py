"""What the operating system knows of a broker. Comments name changes that make a test fail."""

import os
import socket
from contextlib import closing, suppress
from pathlib import Path

import pytest

from app.jobs.broker_process import Process, connections

_HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
_REST = " 00:00000000 00000000     0        0 1234 1 0000000000000000 20 4 30 10 -1\n"


def line(remote: str, waiting: int) -> str:
    return f"   0: 0100007F:075B {remote} 01 {waiting:08X}:00000000{_REST}"


# Seen to fail: with the bytes of an address as they are written; without IPv4 in IPv6.
@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("0201A8C0:9C40", ("192.168.1.2", 40_000)),
        ("B80D0120000000000000000001000000:9C40", ("2001:db8::1", 40_000)),
        ("0000000000000000FFFF00000201A8C0:9C40", ("192.168.1.2", 40_000)),
    ],
)
def test_what_waits_in_a_connection_is_read_off(remote: str, address: tuple[str, int]) -> None:
    table = _HEAD + line(remote, 70_000) + line("0301A8C0:9C40", 0)
    assert list(connections(table)) == [(1_883, address, 70_000), (1_883, ("192.168.1.3", 40_000), 0)]


# Seen to fail: without a limit.
def test_a_little_that_waits_is_nothing(tmp_path: Path) -> None:
    process = Process(0)
    process._tables = [tmp_path / "tcp"]
    process._tables[0].write_text(_HEAD + line("0201A8C0:9C40", 16_383) + line("0201A8C0:9C41", 16_384))
    for port in (40_000, 40_001):
        process.log(f"1: New client connected from 192.168.1.2:{port} as {port} (p5, c1, k60, u'x').")
    assert process.unread() == {"40001": 16_384}


# Seen to fail: without swap; with the size of its addresses.
def test_memory_is_what_is_in_use(tmp_path: Path) -> None:
    process = Process(os.getpid())
    assert 1 << 20 < (process.memory() or 0) < 1 << 33
    process._status = tmp_path / "status"
    assert process.memory() is None
    process._status.write_text("Name: x\nVmSize:\t  900 kB\nVmRSS:\t   40 kB\nVmSwap:\t    2 kB\n")
    assert process.memory() == 42 << 10


def test_a_table_that_is_not_there_has_nothing() -> None:
    process = Process(0)
    process.log("1: New client connected from 192.168.1.2:40000 as 7-abc (p5, c1, k60, u'7-abc').")
    assert process.unread() == {}


# Seen to fail: with an earlier connection of the same client.
def test_who_does_not_read_is_found() -> None:
    process, host = Process(os.getpid()), "127.0.0.1"
    with socket.create_server((host, 0)) as server:
        pairs = []
        for name in ("reads", "does-not"):
            client = socket.create_connection(server.getsockname())
            ours, (_, port) = server.accept()
            pairs += [(ours, client)]
            process.log(f"1: New client connected from {host}:1 as {name} (p2, c1, k60).")
            process.log(f"1: New client connected from {host}:{port} as {name} (p2, c1, k60, u'{name}').")
            ours.setblocking(False)
        for line_ in ("", "1: No route", "1: New client connected from x:1 as y (", "New client connected"):
            process.log(line_)
        with suppress(BlockingIOError):
            while True:
                pairs[1][0].sendall(b"x" * 10_000)
        pairs[0][0].sendall(b"x" * 100)
        found = process.unread()
        for one in (one for pair in pairs for one in pair):
            with closing(one):
                pass
    assert list(found) == ["does-not"]
    assert found["does-not"] > 10_000


# Seen to fail: with an earlier owner kept, who is then blamed for what waits.
def test_an_address_is_whose_it_was_last(tmp_path: Path) -> None:
    process = Process(0)
    process._tables = [tmp_path / "tcp"]
    process._tables[0].write_text(_HEAD + line("0201A8C0:9C40", 20_000))
    for name in ("former", "present"):
        process.log(f"1: New client connected from 192.168.1.2:40000 as {name} (p5, c1, k60, u'{name}').")
    assert process.unread() == {"present": 20_000}
    assert process.connected() == ["present"]


# Seen to fail: with those that are known; with another listener's; with connections that are closing.
def test_what_waits_for_strangers_is_counted(tmp_path: Path) -> None:
    process = Process(0)
    process._tables = [tmp_path / "tcp"]
    text = _HEAD + line("0201A8C0:9C40", 20_000) + line("0201A8C0:9C41", 30_000) + line("0201A8C0:9C42", 9)
    process._tables[0].write_text(text)
    assert process.unread_by_strangers(1_883) == 50_000
    process.log("1: New client connected from 192.168.1.2:40000 as x (p5, c1, k60, u'x').")
    assert process.unread_by_strangers(1_883) == 30_000
    assert process.unread_by_strangers(1_884) == 0
    process._tables[0].write_text(text.replace(" 01 ", " 04 "))
    assert process.unread_by_strangers(1_883) == 0


# Seen to fail: with the order of the first connection of each.
def test_who_is_connected_is_known_the_oldest_connection_first(tmp_path: Path) -> None:
    process = Process(0)
    process._tables = [tmp_path / "tcp"]
    process._tables[0].write_text(_HEAD + "".join(line(f"0201A8C0:9C4{n}", 0) for n in (0, 1, 3)))
    for port, name in ((40_001, "a"), (40_000, "b"), (40_002, "left"), (40_003, "a")):
        process.log(f"1: New client connected from 192.168.1.2:{port} as {name} (p5, c1, k60, u'{name}').")
    assert process.connected() == ["b", "a"]
