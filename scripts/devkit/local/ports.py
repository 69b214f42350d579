"""TCP ports of this machine, which all clones share: which one is free, and which process listens."""

import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TypeVar

import psutil

from ..console import Problem

_RANGE = 500
_ATTEMPTS = 20
T = TypeVar("T")


class PortTaken(Problem):
    """Another process listens on the port that was meant for ours."""


def free_port(first: int) -> int:
    """The first port from here on that nobody listens on. Another process may take it before ours does."""
    for candidate in range(first, first + _RANGE):
        if not taken(candidate):
            return candidate
    raise Problem(f"No free port between {first} and {first + _RANGE - 1}.")


def taken(port: int) -> bool:
    """Whether any process listens on this port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False


def listens(process: subprocess.Popen[bytes], port: int) -> bool:
    """Whether this process, or a descendant of it, listens on the port. An answer does not prove it."""
    try:
        leader = psutil.Process(process.pid)
        family = [leader, *leader.children(recursive=True)]
    except psutil.NoSuchProcess:
        return False
    return any(_has_listener(one, port) for one in family)


def check_owner(process: subprocess.Popen[bytes], port: int, what: str) -> bool:
    """Whether the process listens already. Raises PortTaken when another process does."""
    if listens(process, port):
        return True
    # Ours may have begun to listen between the two questions: hence the third.
    if taken(port) and not listens(process, port):
        raise PortTaken(f"Port {port} was taken by another process before {what} could listen on it.")
    return False


@contextmanager
def on_a_free_port(first: int, serve: Callable[[int], AbstractContextManager[T]]) -> Iterator[tuple[int, T]]:
    """Serve on the first free port from here on, or on a later one when another process is quicker.

    `serve` starts a server on a port and raises PortTaken when it is not the one that listens there.
    """
    with ExitStack() as stack:
        for _ in range(_ATTEMPTS):
            first = free_port(first)
            try:
                served = stack.enter_context(serve(first))
            except PortTaken:
                continue
            break
        else:
            raise Problem(f"Other processes took {_ATTEMPTS} ports in a row; the last one was {first}.")
        yield first, served


def _has_listener(process: psutil.Process, port: int) -> bool:
    try:
        connections = process.net_connections("tcp")
    except psutil.Error:  # it has ended, or is another user's
        return False
    return any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in connections)
