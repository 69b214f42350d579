"""Recorded requests, sent again: they are answered as they were, but for intended differences."""

import json
import re
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from tests.http import callers
from tests.http.recorded import answers, dataset, owners, person, readings, visible

# Current positions need no product any more.
READS = [one for one in answers() if one["method"] == "GET" and one["path"] != "/v2/TbPosicaoAtual"]
WRITES = [one for one in answers() if one["method"] != "GET"]
IN_UTC = re.compile(r"/v1/summary/(abertura-porta|movimento-pessoas|temperatura)\?")
# Generated, or of the moment; an address is looked up later, and kilometres were compared with metres.
NEW = {
    "cdPosicao",
    "cdProduto",
    "cdSensor",
    "cdDestinatario",
    "cdDispositivo",
    "dtRegistro",
    "cdEndereco",
    "blArea",
    "nrDistancia",
}
KEYS = (
    "cdPosicao",
    "cdSensor",
    "cdDispositivo",
    "cdProduto",
    "cdDestinatario",
    "cdImagens",
    "nrImagem",
    "cdTipoSensor",
)


def answered(app: Flask, one: dict[str, Any]) -> tuple[int, Any]:
    path = one["path"] + ("&fuso=UTC" if IN_UTC.match(one["path"]) else "")
    headers = callers.as_user(person(one["user"])) if one["user"] else {}
    if path.startswith("/v2/"):
        return _answered_in_v2(app, path, headers)
    answer = app.test_client().open(path, method=one["method"], headers=headers, json=one.get("json"))
    return answer.status_code, answer.json


def _answered_in_v2(app: Flask, path: str, headers: dict[str, str]) -> tuple[int, Any]:
    """v2 has other names than the legacy application had, and cursors for numbers of pages."""
    for name, now in {"dtRegistroComeco": "dtInicio", "dtRegistroFim": "dtFim"}.items():
        path = path.replace(name, now)
    page = re.search(r"&page=(\d+)", path)
    path, client = re.sub(r"&page=\d+", "", path), app.test_client()
    answer = client.get(path, headers=headers)
    told: Any = answer.json
    for _ in range(1, int(page[1]) if page else 1):
        answer = client.get(f"{path}&cursor={told['nextCursor']}", headers=headers)
        told = answer.json
    is_list = answer.status_code == 200 and "TbPosicaoAtual" in path
    return answer.status_code, told["data"] if is_list else told


def title(one: dict[str, Any]) -> str:
    return f"{one['user']} {one['method']} {one['path']}"


def holds_of_a_write(app: Flask, one: dict[str, Any]) -> None:
    """Anyone could write; now only who manages the device."""
    owner = owners().get(one["json"].get("cdDispositivo"))
    if owner and one["json"]["cdDispositivo"] not in visible(one["user"]):
        assert answered(app, one)[0] in ((403, 404) if one["status"] == 200 else (400, 403, 404))
        one = one | {"user": owner}
    status, body = answered(app, one)
    assert status == (404 if one["status"] == 500 else one["status"]), body
    same(body, one["body"], NEW - set(one["json"]))


def holds(answer: tuple[int, Any], one: dict[str, Any]) -> None:
    status, body = answer
    assert status == one["status"], body
    wanted = _wanted(one)
    if one["path"].startswith("/v2/HistoricoPaginaDispositivo/0?cdCliente=1"):
        same_page(body, wanted)
    else:
        same(body, wanted)


def same_page(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Devices of a product that is not visible were counted, but dropped from pages; now they are there."""
    products = {row["cdProduto"] for row in dataset()["TbProduto"] if row["cdCliente"] in (1, 3)}
    hidden = {d["cdDispositivo"] for d in dataset()["TbDispositivo"] if d["cdProduto"] not in products}
    rows = [row for row in given["data"] if row["cdDispositivo"] not in hidden]
    first = [row["cdPosicao"] for row in rows].index(wanted["data"][0]["cdPosicao"])
    assert first < len(rows) < len(given["data"]) == len(wanted["data"])
    same(rows[first:], wanted["data"][: len(rows) - first])
    assert given["total"] == wanted["total"]


def _wanted(one: dict[str, Any]) -> Any:
    """What was recorded, without what the old functions showed of other clients' devices."""
    path, seen = one["path"], visible(one["user"] or 0)
    body = json.loads(json.dumps(one["body"]))
    if path.startswith("/v2/Historico") and one["status"] == 200:
        del body["page"]
    if path.startswith("/GroupedSensorData?"):
        body["cdDispositivos"] = {cd: v for cd, v in body["cdDispositivos"].items() if int(cd) in seen}
    if "/HistoricoPaginaDispositivo/101" in path and 101 not in seen:
        return []
    if "abertura-porta?cdProduto=14" in path:
        body["data"] |= _doors(14, seen)
        body["metadata"]["last_read"] = None
    if (
        "camera-categorias" in path and one["status"] == 200
    ):  # it told a moment at which no camera had read anything
        del body["metadata"]["last_read"]
    return body


def _doors(product: int, seen: set[int]) -> dict[str, Any]:
    """The doors of the visible devices of a product from 2 to 6 March, by day of the week, from the rows."""
    devices = {row["cdDispositivo"] for row in dataset()["TbDispositivo"] if row["cdProduto"] == product}
    days: dict[str, float] = defaultdict(
        float,
        dict.fromkeys(("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"), 0.0),
    )
    count = 0
    for row in readings(devices & seen, 2):
        if "2026-03-02 03:00" <= row["dtRegistro"] < "2026-03-07 03:00":
            days[datetime.fromisoformat(row["dtRegistro"]).strftime("%A").lower()] += row["nrValor"]
            count += 1
    total = sum(days.values())
    return {
        "by_day_of_week": dict(days),
        "record_count": count,
        "total": total,
        "average_per_day_of_week": round(total / 7, 2),
    }


def same(given: Any, wanted: Any, loose: Collection[str] = (), at: str = "") -> None:
    """All that is wanted is there: times as times, numbers within 1e-6 also as texts, lists in any order."""
    if isinstance(wanted, dict):
        assert isinstance(given, dict), at
        assert set(wanted) <= set(given), (at, set(wanted) - set(given))
        for name in wanted.keys() - loose:
            same(given[name], wanted[name], loose, f"{at}.{name}")
    elif isinstance(wanted, list):
        assert len(given) == len(wanted), at
        mine, theirs = sorted(given, key=_rank), sorted(wanted, key=_rank)
        for place, (one, other) in enumerate(zip(mine, theirs, strict=True)):
            same(one, other, loose, f"{at}[{place}]")
    else:
        one, other = _plain(given), _plain(wanted)
        if isinstance(one, float) and isinstance(other, float):
            assert one == pytest.approx(other, abs=1e-6, rel=1e-9), at
        else:
            assert one == other, at


def _rank(row: Any) -> str:
    return str([row.get(name) for name in KEYS] if isinstance(row, dict) else row)


def _plain(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str) and re.fullmatch(r"-?\d+\.\d+", value):
        return float(value)
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d", value):
        return datetime.fromisoformat(value).replace(tzinfo=None)
    return value
