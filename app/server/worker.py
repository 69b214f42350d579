"""gunicorn's threaded worker, changed so that

- requests that have arrived wait for a thread by turns: of clients, of callers, and of strangers together;
- no thread waits for a client. A request is given to a thread when all of it has arrived, and a thread is
  free when its answer is written: the loop of the worker receives and sends, within limits of time and room;
- an answer that is made while it is sent, such as a download, continues in one of a few threads of its own,
  when its receiver has taken what there was;
- a connection that asks for the stream is passed on to the program that serves it;
- whether the process lives is answered by a thread that does nothing else;
- of a large body nothing more is received, and no `100 Continue` is sent, until the caller is known;
- what gunicorn refuses by itself is answered in the one error shape and logged without what was sent: a
  header that cannot be parsed may well be a credential.
"""

from __future__ import annotations

import errno
import resource
import selectors
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from socket import SHUT_WR
from typing import Any

from app.errors import from_status

from .answering import MORE, REST, Answering
from .connection import Connection
from .places import Places
from .relay import Relay, relay_to
from .waiting import Waiting
from .wire import PIECE

_DOWNLOADS = 2  # threads, so at most as many database connections
_STEP = 64 << 10  # bytes that a receiver takes within the limit of time, at least
_MAX_REQUEST = 66 << 20  # bytes of one request that are received
_LINGER_S = 2.0
_MAX_DRAINED = 1 << 20  # bytes that are received of what was refused already
_OPEN_FILES = 16_384
_SWITCH_S = 0.001  # the interpreter's turn: a small request has many while downloads are written beside it


class Worker(Answering):
    """See the module. Connections that are not in a thread are in ``_waiting``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._seconds = 0
        self._waiting: Waiting
        self._places = Places(self.cfg.threads)
        self._looked_at = 0.0
        self._relay: Relay | None = None

    def load_wsgi(self) -> None:
        """See gunicorn's Worker."""
        super().load_wsgi()
        self._waiting = Waiting(self.poller)
        settings = self.wsgi.extensions["rastro.settings"]
        self._seconds, self._relay = settings.receive_timeout_s, relay_to(settings.stream_url)

    def init_process(self) -> None:
        """See gunicorn's Worker."""
        sys.setswitchinterval(_SWITCH_S)
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        files = _OPEN_FILES if most == resource.RLIM_INFINITY else min(_OPEN_FILES, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
        self._downloads = ThreadPoolExecutor(_DOWNLOADS)
        self._health = ThreadPoolExecutor(1)
        super().init_process()

    # --- the loop: it receives

    def accept(self, listener: Any) -> None:
        """See gunicorn's ThreadWorker. Where there is no room, whoever has waited longest makes some."""
        if self.nr_conns >= self.worker_connections - 1:
            self._drop(self._waiting.longest())
        try:
            sock, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._drop(self._waiting.longest())
            return
        self.nr_conns += 1
        conn = Connection(self.cfg, sock, address, listener.getsockname())
        self._wait(conn, self.cfg.keepalive)
        self._receive(conn)

    def _receive(self, conn: Connection, _: Any = None) -> None:
        try:
            data = conn.sock.receive()
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not conn.sock.arrived:
            conn.deadline = time.monotonic() + self._seconds
        if not data and not conn.sock.arrived:
            self._drop(conn)
        elif not data or conn.sock.arrived + len(data) > _MAX_REQUEST:
            conn.sock.is_cut = True
            self._dispatch(conn)
        else:
            self._consider(conn, conn.sock.add(data))

    def _consider(self, conn: Connection, is_complete: bool) -> None:
        if is_complete:
            self._dispatch(conn)
        elif conn.sock.is_due and not conn.is_confirmed:
            self._ask(conn)
        elif conn.sock.arrived > PIECE:
            self._drop(self._waiting.in_the_way())

    def _ask(self, conn: Connection) -> None:
        """Have the application find out who sends this. Of strangers, what has arrived is all."""
        if self._places.knows(conn):
            conn.is_confirmed = True
            conn.sock.go_on()
            return
        conn.sock.is_cut, conn.sock.is_begun = conn.is_asked, not conn.is_asked
        conn.is_asked = True
        self._dispatch(conn)

    def _dispatch(self, conn: Connection) -> None:
        self._waiting.remove(conn)
        conn.sock.rewind()
        if conn.sock.begun.startswith(b"GET /health/live "):
            self._submit(self._health, self.handle, conn)
            return
        if self._relay and self._relay.takes(conn.sock):
            self.nr_conns -= 1
            return
        self._places.put(conn)
        self._hand_out()

    def _hand_out(self) -> None:
        for conn in self._places.free():
            self._submit(self.tpool, self.handle, conn)

    def _submit(self, pool: Any, work: Any, conn: Connection) -> None:
        done: Future[Any] = pool.submit(work, conn)
        done.add_done_callback(lambda future: self.method_queue.defer(self.finish_request, conn, future))

    # --- the loop: it sends

    def finish_request(self, conn: Any, fs: Any) -> None:
        """See gunicorn's ThreadWorker: a thread is done with the connection, for now."""
        conn.kept = False if fs.cancelled() or fs.exception() else fs.result()
        if conn.has_thread:
            self._places.leave(conn)
            self._hand_out()
        self._go_on(conn)

    def _go_on(self, conn: Connection) -> None:
        if conn.sock.unsent:
            conn.taken = 0
            self._wait(conn, self._seconds, selectors.EVENT_WRITE)
            self._drop(self._waiting.in_the_way())
        elif conn.kept is MORE:
            self._submit(self._downloads, self._resume, conn)
        elif conn.kept is REST:
            self._receive_rest(conn)
        elif conn.kept and not (conn.sock.is_cut or conn.sock.is_begun):
            self._await_next(conn)
        else:
            self._linger(conn)

    def _send(self, conn: Connection, _: Any = None) -> None:
        try:
            conn.taken += conn.sock.flush()
        except OSError:
            self._drop(conn)
            return
        if not conn.sock.unsent:
            self._waiting.remove(conn)
            self._go_on(conn)
        elif conn.taken >= _STEP:
            conn.taken, conn.deadline = 0, time.monotonic() + self._seconds

    def _receive_rest(self, conn: Connection) -> None:
        conn.begin_again()
        conn.sock.go_on()
        self._wait(conn, self._seconds)
        self._consider(conn, is_complete=False)

    def _await_next(self, conn: Connection) -> None:
        conn.since = time.monotonic()
        conn.is_asked = conn.is_confirmed = False
        is_there = conn.sock.next_request(conn.parser.unreader.take_buffered())
        self._wait(conn, self._seconds if conn.sock.arrived else self.cfg.keepalive)
        self._consider(conn, is_there)

    def _linger(self, conn: Connection) -> None:
        """Close it so that what was sent is not lost where something is still arriving (RFC 9112, 9.6)."""
        try:
            conn.sock.shutdown(SHUT_WR)
        except OSError:
            self.nr_conns -= 1
            conn.give_up()
            return
        conn.is_ending = True
        self._wait(conn, _LINGER_S)

    def _drain(self, conn: Connection, _: Any = None) -> None:
        try:
            conn.drained += len(data := conn.sock.receive())
            if data and conn.drained < _MAX_DRAINED:
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._drop(conn)

    # --- the loop: its connections

    def _wait(self, conn: Connection, seconds: float, event: int = selectors.EVENT_READ) -> None:
        if event == selectors.EVENT_WRITE:
            react = self._send
        else:
            react = self._drain if conn.is_ending else self._receive
        self._waiting.add(conn, seconds, event, partial(react, conn))

    def _drop(self, conn: Connection | None) -> None:
        if conn:
            self._waiting.remove(conn)
            self.nr_conns -= 1
            conn.give_up()

    def murder_pending(self) -> None:
        """See gunicorn's ThreadWorker: called after every event; looks at the clock four times a second."""
        now = time.monotonic()
        if now - self._looked_at < 0.25:
            return
        self._looked_at = now
        for conn in self._waiting.late(now, self._is_idle):
            if conn.sock.arrived and not conn.sock.unsent and not conn.is_ending:
                self._refuse_slow(conn)
            else:
                self._drop(conn)

    def _is_idle(self, conn: Connection) -> bool:
        """A worker that stops waits for requests and answers, and for nobody who says nothing."""
        silent = not (self.alive or conn.sock.arrived or conn.sock.unsent or conn.is_ending)
        return silent and time.monotonic() - conn.since > _LINGER_S

    def _refuse_slow(self, conn: Connection) -> None:
        self._waiting.remove(conn)
        error = from_status(408, "The request took too long to arrive.")
        self.handle_error(None, conn.sock, conn.client, error)
        conn.kept = False
        self._go_on(conn)
