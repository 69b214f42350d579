"""gunicorn's threaded worker, changed so that

- requests that have arrived wait for a thread by turns: of clients, of callers, and of strangers together;
- no thread waits for a client. A request is given to a thread when all of it has arrived, and a thread is
  free when its answer is written: the loop of the worker receives and sends, within limits of time and room;
- an answer that is made while it is sent, such as a download, continues in one of a few threads of its own,
  when its receiver has taken what there was;
- whether the process lives is answered by a thread that does nothing else;
- what gunicorn refuses by itself is answered in the one error shape and logged without what was sent: a
  header that cannot be parsed may well be a credential.
"""

from __future__ import annotations

import errno
import logging
import resource
import selectors
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from secrets import token_hex
from socket import SHUT_WR
from typing import Any

from gunicorn import util
from gunicorn.http import wsgi
from gunicorn.workers import gthread

from app.errors import from_status
from app.identity.share import CONFIRMED
from app.identity.turns import Turns

from .connection import Answer, Connection
from .met import Met
from .refusals import refusal, written
from .wire import PIECE

_log = logging.getLogger(__name__)
_MORE = object()  # the rest of an answer is still to be made
_DOWNLOADS = 2  # threads, so at most as many database connections
_SLICE_S = 0.05  # then another download has its turn
_STEP = 64 << 10  # bytes that a receiver takes within the limit of time, at least
_MAX_REQUEST = 66 << 20  # bytes of one request that are received
_MAX_WAITING = 256 << 20  # bytes of requests and answers that wait, all together
_LINGER_S = 2.0
_OPEN_FILES = 16_384


class Worker(gthread.ThreadWorker):  # type: ignore[misc]
    """See the module. Connections that are not in a thread are in ``_waiting`` and in gunicorn's poller."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._seconds = 0
        self._waiting: dict[Connection, None] = {}
        self._looked_at = 0.0
        self._turns: Turns[Connection] = Turns()
        self._met = Met()
        self._busy = 0  # threads, or about to be

    def load_wsgi(self) -> None:
        """See gunicorn's Worker."""
        super().load_wsgi()
        self._seconds = self.wsgi.extensions["rastro.settings"].receive_timeout_s

    def init_process(self) -> None:
        """See gunicorn's Worker."""
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
            self._make_room()
        try:
            sock, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._make_room()
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
        elif conn.sock.add(data):
            self._dispatch(conn)
        elif conn.sock.arrived > PIECE:
            self._relieve()

    def _dispatch(self, conn: Connection) -> None:
        self._forget(conn)
        conn.sock.rewind()
        if conn.sock.begun.startswith(b"GET /health/live "):
            self._submit(self._health, self.handle, conn)
            return
        conn.credential, conn.share = conn.sock.credential, None
        self._turns.put(self._met.share(conn.credential), conn)
        self._hand_out()

    def _hand_out(self) -> None:
        """Give free threads to those who have waited for their turn."""
        while self._busy < self.cfg.threads and (found := self._turns.next()):
            _, conn = found
            conn.has_thread = True
            self._busy += 1
            self._submit(self.tpool, self.handle, conn)

    def _submit(self, pool: Any, work: Any, conn: Connection) -> None:
        done: Future[Any] = pool.submit(work, conn)
        done.add_done_callback(lambda future: self.method_queue.defer(self.finish_request, conn, future))

    # --- a thread: it has the request answered

    def handle_request(self, req: Any, conn: Any) -> Any:
        """See gunicorn's ThreadWorker; ``_MORE`` where the answer has begun only."""
        self.cfg.pre_request(self, req)
        response, environ = wsgi.create(req, conn.sock, conn.client, conn.server, self.cfg)
        environ["wsgi.multithread"] = True
        self.nr += 1
        if self.nr >= self.max_requests:
            self.alive = False
        if not self.alive or not self.cfg.keepalive or conn.sock.is_cut:
            response.force_close()
        conn.answer = Answer(response, self.wsgi(environ, response.start_response), req, environ)
        conn.share = environ.get(CONFIRMED)
        return self._proceed(conn)

    def _proceed(self, conn: Connection) -> Any:
        """Write parts of the answer until its receiver has to take some, or it is another's turn."""
        answer = conn.answer
        assert answer
        until = time.monotonic() + _SLICE_S
        try:
            for part in answer.rest:
                if part:  # an empty one is a pause
                    answer.response.write(part)
                if conn.sock.unsent or time.monotonic() > until:
                    return _MORE
            answer.response.close()
        except Exception as error:
            self._end(conn)
            if isinstance(error, OSError) or not answer.response.headers_sent:
                raise
            self.log.exception("Error handling request")  # a part must not look like the whole
            raise StopIteration from error
        self._end(conn)
        return not answer.response.should_close()

    def _end(self, conn: Connection) -> None:
        answer, conn.answer = conn.answer, None
        if answer:
            self.log.access(answer.response, answer.request, answer.environ, datetime.now() - answer.began)
            answer.close()
            self.cfg.post_request(self, answer.request, answer.environ, answer.response)

    def _resume(self, conn: Connection) -> Any:
        try:
            return self._keepalive_after(conn, self._proceed(conn))
        except (OSError, StopIteration):
            return False
        except Exception as error:
            self.handle_error(None, conn.sock, conn.client, error)
            return False

    def _keepalive_after(self, conn: Any, keepalive: Any) -> Any:
        """See gunicorn's ThreadWorker."""
        return _MORE if keepalive is _MORE else super()._keepalive_after(conn, keepalive)

    # --- the loop: it sends

    def finish_request(self, conn: Any, fs: Any) -> None:
        """See gunicorn's ThreadWorker: a thread is done with the connection, for now."""
        conn.kept = False if fs.cancelled() or fs.exception() else fs.result()
        if conn.has_thread:
            conn.has_thread = False
            self._busy -= 1
            if conn.share:
                self._met.add(conn.credential, conn.share)
            self._hand_out()
        self._go_on(conn)

    def _go_on(self, conn: Connection) -> None:
        if conn.sock.unsent:
            conn.taken = 0
            self._wait(conn, self._seconds, selectors.EVENT_WRITE)
            self._relieve()
        elif conn.kept is _MORE:
            self._submit(self._downloads, self._resume, conn)
        elif conn.kept and not conn.sock.is_cut:
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
            self._forget(conn)
            self._go_on(conn)
        elif conn.taken >= _STEP:
            conn.taken, conn.deadline = 0, time.monotonic() + self._seconds

    def _await_next(self, conn: Connection) -> None:
        conn.since = time.monotonic()
        is_there = conn.sock.next_request(conn.parser.unreader.take_buffered())
        self._wait(conn, self._seconds if conn.sock.arrived else self.cfg.keepalive)
        if is_there:
            self._dispatch(conn)

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
            if conn.sock.receive():
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._drop(conn)

    # --- the loop: its connections

    def _wait(self, conn: Connection, seconds: float, event: int = selectors.EVENT_READ) -> None:
        conn.sock.setblocking(False)
        conn.deadline = time.monotonic() + seconds
        self._waiting[conn] = None
        if event == selectors.EVENT_WRITE:
            react = self._send
        else:
            react = self._drain if conn.is_ending else self._receive
        self.poller.register(conn.sock, event, partial(react, conn))

    def _forget(self, conn: Connection) -> None:
        del self._waiting[conn]
        self.poller.unregister(conn.sock)

    def _drop(self, conn: Connection) -> None:
        self._forget(conn)
        self.nr_conns -= 1
        conn.give_up()

    def murder_pending(self) -> None:
        """See gunicorn's ThreadWorker: called after every event; looks at the clock four times a second."""
        now = time.monotonic()
        if now - self._looked_at < 0.25:
            return
        self._looked_at = now
        for conn in [one for one in self._waiting if one.deadline < now or self._is_idle(one)]:
            if conn.sock.arrived and not conn.sock.unsent and not conn.is_ending:
                self._refuse_slow(conn)
            else:
                self._drop(conn)

    def _is_idle(self, conn: Connection) -> bool:
        """A worker that stops waits for requests and answers, and for nobody who says nothing."""
        silent = not (self.alive or conn.sock.arrived or conn.sock.unsent or conn.is_ending)
        return silent and time.monotonic() - conn.since > _LINGER_S

    def _refuse_slow(self, conn: Connection) -> None:
        self._forget(conn)
        error = from_status(408, "The request took too long to arrive.")
        self.handle_error(None, conn.sock, conn.client, error)
        conn.kept = False
        self._go_on(conn)

    def _make_room(self) -> None:
        """Whoever has waited longest goes: a silent one, otherwise a slow one."""
        if self._waiting:
            self._drop(
                min(self._waiting, key=lambda one: (one.sock.arrived + one.sock.unsent > 0, one.since))
            )

    def _relieve(self) -> None:
        """Where too much waits to be received or taken, the large one that has waited longest gives way.

        Were it the largest, many who each hold back a little would have every larger request refused.
        """
        sizes = {one: one.sock.arrived + one.sock.unsent for one in self._waiting}
        if sum(sizes.values()) > _MAX_WAITING:
            large = [one for one in sizes if sizes[one] > PIECE] or list(sizes)
            self._drop(min(large, key=lambda one: one.deadline))

    # --- refusals

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """See gunicorn's Worker: answer for a request that did not reach the application or its end."""
        error, request_id = refusal(exc), token_hex(16)
        known = {"request_id": request_id, "status": error.status, "reason": type(exc).__name__}
        if error.status == 500:
            _log.error("unexpected", exc_info=exc, extra={"fields": known})
        else:
            _log.warning("refused", extra={"fields": known})
        try:
            util.write_nonblock(client, written(error, request_id))
        except OSError:
            _log.debug("gone", extra={"fields": known})
