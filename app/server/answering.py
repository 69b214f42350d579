"""What the threads of a worker do: have requests answered, part by part, and refuse what is not one."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from http import HTTPStatus
from secrets import token_hex
from typing import Any

from gunicorn import util
from gunicorn.http import wsgi
from gunicorn.workers import gthread

from app.identity.share import CONFIRMED

from .connection import Answer, Connection
from .refusals import refusal, written
from .wire import RestIsAwaited

_log = logging.getLogger("app.server.worker")
MORE = object()
"""The rest of an answer is still to be made."""
REST = object()
"""The rest of a request is still to be received."""
_SLICE_S = 0.05  # then another download has its turn


class Answering(gthread.ThreadWorker):  # type: ignore[misc]
    """A worker without its loop."""

    def handle_request(self, req: Any, conn: Any) -> Any:
        """See gunicorn's ThreadWorker; ``MORE`` where the answer has begun only, ``REST`` the request."""
        self.cfg.pre_request(self, req)
        response, environ = wsgi.create(req, conn.sock, conn.client, conn.server, self.cfg)
        environ["wsgi.multithread"] = True
        self.nr += 1
        if self.nr >= self.max_requests:
            self.alive = False
        if not self.alive or not self.cfg.keepalive or conn.sock.is_cut or conn.sock.is_begun:
            response.force_close()
        try:
            conn.answer = Answer(response, self.wsgi(environ, response.start_response), req, environ)
        except RestIsAwaited:
            return REST
        finally:
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
                    return MORE
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
            conn.is_unknown = answer.response.status_code == HTTPStatus.UNAUTHORIZED
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
        if keepalive is MORE or keepalive is REST:
            return keepalive
        return super()._keepalive_after(conn, keepalive)

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
