"""Replay of messages that a gateway could not read: an adapter that came later rescues what was kept."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

import msgspec

from app.http.kit.call import rpc
from app.readings import envelopes, topics
from app.readings.envelopes import Content
from app.readings.moments import seconds

_PAGE = 200
_MOST_PAGES = 10  # looked through in one request
MOST = 500  # stored in one request; each is a transaction of its own
_KINDS = ("stored", "duplicate", "conflict", "rejected")


def replay_messages(codes: Collection[int] | None, reason: str | None, limit: int) -> Counter[str]:
    """Store what adapters now read of quarantined messages; how many there were, by what became of them.

    A message is ``rejected`` when it still cannot be read, and otherwise what its worst element is.
    """
    counts: Counter[str] = Counter()
    for row in _rows(codes, reason):
        if counts.total() >= min(limit, MOST):
            break
        content = _content(row)
        counts["rejected" if content.fault else _stored(row["cdErro"], content)] += 1
    return counts


def _rows(codes: Collection[int] | None, reason: str | None) -> Iterator[dict[str, Any]]:
    """Whole messages with a topic, newest first."""
    cursor = max(codes) + 1 if codes else None
    for _ in range(_MOST_PAGES):
        page = msgspec.json.decode(
            rpc(
                "get_erros_ingestao",
                p_ds_motivo=reason,
                p_page_size=_PAGE,
                p_cursor=cursor,
                p_so_topico=True,
            )
        )
        yield from (row for row in page["data"] if codes is None or row["cdErro"] in codes)
        cursor = page["nextCursor"]
        if cursor is None or (codes and cursor <= min(codes)):
            return


def _content(row: dict[str, Any]) -> Content:
    properties = row["dsPropriedades"] if isinstance(row["dsPropriedades"], dict) else {}
    raw = base64.b64decode(row["dsPayloadBase64"])
    received = datetime.fromisoformat(row["dtPrimeira"]).timestamp()
    return envelopes.read(
        topics.ending(row["dsTopico"]),
        raw,
        str(properties.get("content-encoding", "")),
        received,
        published=seconds(str(properties.get("published-at", ""))),
    )


def _stored(code: int, content: Content) -> str:
    if not content.readings and not content.messages:  # now known to hold nothing that is stored
        rpc("descartar_erros", p_cd_erros=[code])
        return "stored"
    answer = msgspec.json.decode(
        rpc(
            "reprocessar_payload",
            p_cd_erro=code,
            p_readings=f"[{','.join(content.readings)}]",
            p_messages=f"[{','.join(content.messages)}]",
        )
    )
    verdicts = {kind for kind in _KINDS if answer.get(kind)}
    verdicts |= {result["verdict"] for result in answer["messages"]}
    for verdict in ("rejected", "conflict", "stored"):
        if verdict in verdicts:
            return verdict
    return "duplicate" if verdicts else "stored"  # an acknowledgement or event is no reading
