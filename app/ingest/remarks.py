"""Log lines about quarantined messages: a few a second, and how many more there were."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from .acks import Message

_log = logging.getLogger("app.ingest")
_MOST = 5  # lines in a second
_LENGTH = 200  # characters of a topic or text


class Remarks:
    """Says what goes into quarantine, and where it came from. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._second, self._said, self._unsaid = 0.0, 0, 0

    def quarantined(self, message: Message, error_code: str, error: str) -> None:
        """One line, or one more of those that are left out."""
        with self._lock:
            now = self._clock()
            if now - self._second >= 1:
                self._second, self._said = now, 0
            self._said += 1
            if self._said > _MOST:
                self._unsaid += 1
                return
            unsaid, self._unsaid = self._unsaid, 0
        place = message.place
        fields = {
            "topic": message.topic[:_LENGTH],
            "client": place.client if place else None,
            "device": place.device if place else None,
            "bytes": len(message.payload),
            "error_code": error_code,
            "error": error[:_LENGTH],
            "left_out": unsaid or None,  # such lines since the last one
        }
        _log.warning(
            "quarantined",
            extra={"fields": {name: value for name, value in fields.items() if value is not None}},
        )
