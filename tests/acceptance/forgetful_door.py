"""A door in front of PostgreSQL that loses the connection after COMMIT was carried out, before its answer."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from urllib.parse import urlsplit

_COMMITTED = b"COMMIT\x00"  # the tag with which the server says so


@contextmanager
def losing_commit(url: str) -> Iterator[str]:
    """This URL through the door, which closes the connection instead of passing the first such answer on."""
    server = urlsplit(url)
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        arguments = (door, (str(server.hostname), int(server.port or 5432)))
        threading.Thread(target=_serve, args=arguments, daemon=True).start()
        port = door.getsockname()[1]
        yield url.replace(f":{server.port}/", f":{port}/")


def _serve(door: socket.socket, server: tuple[str, int]) -> None:
    is_lost = threading.Event()
    with suppress(OSError):  # the door is closed
        while True:
            client, _ = door.accept()
            threading.Thread(target=_pass_on, args=(client, server, is_lost), daemon=True).start()


def _pass_on(client: socket.socket, server: tuple[str, int], is_lost: threading.Event) -> None:
    with closing(client), closing(socket.create_connection(server)) as upstream, suppress(OSError):
        threading.Thread(target=_forward, args=(client, upstream), daemon=True).start()
        seen = b""
        while data := upstream.recv(65_536):
            seen = seen[-len(_COMMITTED) :] + data  # it may come in two pieces
            if _COMMITTED in seen and not is_lost.is_set():
                is_lost.set()
                break
            client.sendall(data)
        for one in (client, upstream):
            one.shutdown(socket.SHUT_RDWR)


def _forward(client: socket.socket, upstream: socket.socket) -> None:
    with suppress(OSError):
        while data := client.recv(65_536):
            upstream.sendall(data)
        upstream.shutdown(socket.SHUT_WR)
