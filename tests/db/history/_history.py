"""A random fleet with a history, and what a page of it must say. Computed from exported rows, not by SQL."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from psycopg2.extras import RealDictCursor, execute_values

from tests.db._fleet import CHILD, CLIENT, STRANGER
from tests.db._lab import Lab
from tests.db._strategies import NOON, iso

Row = dict[str, Any]
CLIENTS = (CLIENT, CHILD, STRANGER)
SITE_LATITUDE, SITE_LONGITUDE = -23.5505, -46.6333
WINDOWS = (
    (None, None),
    (time(6), time(18)),
    (time(22), time(6)),
    (time(12), time(12)),
    (time(8), None),
)
HOURS = (timedelta(hours=-6), timedelta(hours=6), timedelta(hours=10), timedelta(), timedelta(hours=3))
NUDGES = (timedelta(), timedelta(microseconds=1), timedelta(microseconds=-1))
DAYS = (timedelta(days=1), timedelta(days=2), timedelta(days=40), timedelta(days=75))
BATTERIES = (None, 0, 1.234, 3.1, 3.5, 3.7, 3.70001, 4.2)
PLACES: tuple[Row, ...] = (
    {},
    {"latitude": SITE_LATITUDE, "longitude": SITE_LONGITUDE},
    {"latitude": SITE_LATITUDE + 0.1, "longitude": SITE_LONGITUDE},
)
MAXIMA = {
    "nrPorta": 2, "nrTemperatura": 4, "nrPessoas": 5, "nrMasculino": 9, "nrFeminino": 10, "nrCrianca": 11,
    "nrJovem": 12, "nrAdulto": 13, "nrSenior": 14, "nrAlegre": 15, "nrTriste": 16, "nrNeutro": 17,
    "nrCategoriaTotal": 18,
}  # fmt: skip
TYPES = (1, 3, *MAXIMA.values())
DEVICES = range(101, 117)
MOVED_DEVICES = DEVICES[:3]
EXPORTED = (
    "TbPosicao", "TbSensorRegistro", "TbDispositivo", "TbProduto", "TbProdutoItem", "TbDestinatario",
    "TbEndereco", "TbSensor",
)  # fmt: skip


# The fleet


def install(db: Any, seed: int = 1) -> None:
    """Clients with products, items and sites; devices with and without any of it."""
    rng = random.Random(seed)
    _insert(
        db, "TbCliente", [{"cdCliente": c, "cdClientePai": CLIENT if c == CHILD else None} for c in CLIENTS]
    )
    _insert(db, "TbEndereco", list(_addresses()))
    for client in CLIENTS:
        _insert(db, "TbDestinatario", list(_sites(client)))
        _insert(db, "TbProduto", list(_products(client)))
        _insert(db, "TbProdutoItem", list(_items(client)))
        _insert(db, "TbProdutoItemJoinTable", [
            {"cdProdutoItem": item["cdProdutoItem"], "cdProduto": client * 10} for item in _items(client)
        ])  # fmt: skip
    _insert(db, "TbDispositivo", [_device(rng, code) for code in DEVICES])
    _insert(db, "TbSensor", [sensor for code in DEVICES for sensor in _sensors(rng, code)])


def owner(device: int) -> int:
    """Who owns the device at first."""
    return CLIENT if device in MOVED_DEVICES else CLIENTS[device % 3]


def _addresses() -> Iterator[Row]:
    for code in range(1, 7):
        where = (SITE_LATITUDE, SITE_LONGITUDE) if code % 3 else (None, None)
        street = f"Rua {code}" if code != 5 else None
        yield {"cdEndereco": code, "dsLogradouro": street, "dsLat": where[0], "dsLong": where[1]}


def _sites(client: int) -> Iterator[Row]:
    """A full one, one without radius and name, one without coordinates, one without address."""
    for n, address in enumerate((1, 2, 3, None)):
        yield {
            "cdDestinatario": client * 10 + n, "cdCliente": client, "cdEndereco": address,
            "dsNome": f"Loja {client}-{n}" if n != 1 else None, "nrRaio": 500 if n != 1 else None,
        }  # fmt: skip


def _products(client: int) -> Iterator[Row]:
    yield {"cdProduto": client * 10, "cdCliente": client, "nrCodigo": f"P{client}", "dsDescricao": "Freezer"}
    yield {"cdProduto": client * 10 + 1, "cdCliente": client, "nrCodigo": None, "dsDescricao": None}


def _items(client: int) -> Iterator[Row]:
    """Every mixture of known, zero and unknown weight and height."""
    sizes = [(weight, height) for weight in (12.5, 0, None) for height in (40, 0, None)]
    for n, (weight, height) in enumerate(sizes):
        name = f"Item {client}-{n}" if n else None
        yield {"cdProdutoItem": client * 10 + n, "dsNome": name, "nrPesoUnit": weight, "nrAlt": height}


def _device(rng: random.Random, code: int) -> Row:
    """Those that move have no measuring window: their former owner does not see it any more."""
    client, window = owner(code), WINDOWS[code % len(WINDOWS)]
    window = (None, None) if code in MOVED_DEVICES else window
    return {
        "cdDispositivo": code, "cdCliente": client, "cdStatus": rng.choice(["ativo", "suspenso", None]),
        "cdProduto": rng.choice([client * 10, client * 10 + 1, None]),
        "cdDestinatario": rng.choice([client * 10, *(client * 10 + n for n in range(4)), None]),
        "horarioMedicaoInicio": window[0], "horarioMedicaoFim": window[1],
    }  # fmt: skip


def _sensors(rng: random.Random, device: int) -> Iterator[Row]:
    """About a dozen; several of one type; some with a product item and a tare."""
    client = owner(device)
    kinds = [*rng.sample(TYPES, 7), 1, 3, 3, 3, *rng.choices(TYPES, k=2)]
    for n, kind in enumerate(kinds):
        items = [client * 10 + number for number in range(9)]
        yield {
            "cdSensor": device * 100 + n, "cdDispositivo": device, "cdTipoSensor": kind,
            "cdProdutoItem": rng.choice([*items, *[None] * 5]), "nrUnidadeIni": rng.choice([None, 0, 150]),
        }  # fmt: skip


def _insert(db: Any, table: str, rows: list[Row]) -> None:
    columns = ", ".join(f'"{column}"' for column in rows[0])
    with db.cursor() as cursor:
        execute_values(
            cursor, f'insert into "{table}" ({columns}) values %s', [(*row.values(),) for row in rows]
        )


# Its history


def fill(lab: Lab, seed: int = 1) -> None:
    """Readings, then devices and sensors move and addresses are found, then more readings."""
    rng = random.Random(seed)
    with lab.caller(role="service") as service:
        for half in (0, 1):
            sent = [one for device in DEVICES for one in _elements(lab, rng, device, half)]
            assert service.ingest(sent)["stored"] == len(sent)
            if half == 0:
                _move(lab)
    lab.sql('update series."TbPosicao" set "cdEndereco" = "cdPosicao" % 7 where "cdPosicao" % 7 > 0')
    lab.sql(  # those that are packed, as private.apply_addresses does it
        """with packed as (
             select p.*, (p."cdPosicao" % 7)::integer as address from "TbPosicao" p
             where p."cdPosicao" % 7 > 0 and p."cdEndereco" is null
           ), link as (
             insert into "TbEnderecoVinculo" ("cdEndereco", "cdCliente")
             select distinct address, "cdCliente" from packed on conflict do nothing
           )
           select private.locate_packed("cdDispositivo", "dtRegistro", "cdCliente", "cdPosicao", address)
           from packed"""
    )


def _elements(lab: Lab, rng: random.Random, device: int, half: int) -> Iterator[Row]:
    """Reports at the edges of measuring windows, some under several nrSeq, and readings without a report."""
    sensors = lab.sql('select "cdSensor", "cdProdutoItem" from "TbSensor" where "cdDispositivo" = %s', device)
    moments = [NOON - day + hour + nudge for day in DAYS for hour in HOURS for nudge in NUDGES]
    for moment in rng.sample(moments[half::2], 12):
        base: Row = {"cdDispositivo": device, "dtRegistro": iso(moment)}
        readings = _readings(rng, sensors)
        if rng.random() < 0.2 and readings:
            yield base | {"sensores": readings}
            continue
        for seq in rng.sample([None, 0, -3, 5, 2**31 - 1], rng.choice([1, 1, 2])):
            report = {"nrSeq": seq, "nrBat": rng.choice(BATTERIES)}
            yield base | rng.choice(PLACES) | report | {"sensores": readings}
            readings = []


def _readings(rng: random.Random, sensors: list[tuple[Any, ...]]) -> list[Row]:
    chosen = rng.sample(sensors, rng.randrange(len(sensors) + 1))
    return [{"cdSensor": sensor} | _value(rng, item) for sensor, item in chosen]


def _value(rng: random.Random, item: int | None) -> Row:
    """Numbers; where nothing is counted now and then something else."""
    number = {"nrValor": rng.choice([0, -40, 7, 120.5, round(rng.uniform(0, 5000), 2)])}
    return number if item else rng.choice([number, number, {"blValor": True}, {"dsValor": "x"}])


def _move(lab: Lab) -> None:
    """Some devices go to other clients, and sensors to other devices of their client."""
    for device, client in zip(MOVED_DEVICES, (CHILD, STRANGER, STRANGER), strict=True):
        lab.sql(
            'update "TbSensor" set "cdProdutoItem" = %s where "cdDispositivo" = %s and "cdProdutoItem" > 0',
            client * 10 + 1, device,
        )  # fmt: skip
        lab.sql(
            'update "TbDispositivo" set ("cdCliente", "cdProduto", "cdDestinatario") = (%s, %s, %s) '
            'where "cdDispositivo" = %s',
            client, client * 10, client * 10, device,
        )  # fmt: skip
    for device in DEVICES[3:12]:
        lab.sql('update "TbSensor" set "cdDispositivo" = %s where "cdSensor" = %s', device + 3, device * 100)


# What must be said about it


@dataclass(frozen=True)
class Question:
    """Arguments that choose rows; the defaults choose all."""

    client: int | None = None
    device: int | None = None
    devices: list[int] | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def arguments(self) -> Row:
        return {
            "p_cd_cliente": self.client, "p_cd_dispositivo": self.device, "p_cd_dispositivos": self.devices,
            "p_dt_registro_comeco": self.since, "p_dt_registro_fim": self.until,
        }  # fmt: skip


@dataclass
class Export:
    """Every row of the tables in question, as dictionaries."""

    tables: dict[str, list[Row]] = field(default_factory=dict)

    @classmethod
    def of(cls, lab: Lab) -> "Export":
        found = cls()
        with lab.owner.cursor(cursor_factory=RealDictCursor) as cursor:
            for table in EXPORTED:
                cursor.execute(f'select * from "{table}"')
                found.tables[table] = [dict(row) for row in cursor.fetchall()]
        return found

    def one(self, table: str, key: str, code: Any) -> Row:
        """The row with this key; every column is None when there is none."""
        rows = (row for row in self.tables[table] if row[key] == code and code is not None)
        return next(rows, dict.fromkeys(self.tables[table][0]))

    def history(self, question: Question, visible: set[int]) -> list[Row]:
        """All rows of the answer, newest first, for a caller who sees these clients."""
        chosen = [
            p for p in self.tables["TbPosicao"] if p["cdCliente"] in visible and self._asked(p, question)
        ]
        return [self._row(p, visible) for p in sorted(chosen, key=order, reverse=True)]

    def _asked(self, position: Row, question: Question) -> bool:
        device = self.one("TbDispositivo", "cdDispositivo", position["cdDispositivo"])
        return (
            question.client in (None, 0, position["cdCliente"])
            and question.device in (None, 0, position["cdDispositivo"])
            and (question.devices is None or position["cdDispositivo"] in question.devices)
            and (question.since is None or position["dtRegistro"] >= question.since.replace(tzinfo=None))
            and (question.until is None or position["dtRegistro"] <= question.until.replace(tzinfo=None))
            and measures(device, position["dtRegistro"].time())
        )

    def _row(self, position: Row, visible: set[int]) -> Row:
        """Whoever does not own the device any more is not told what it is now."""
        device = self.one("TbDispositivo", "cdDispositivo", position["cdDispositivo"])
        if device["cdCliente"] not in visible:
            device = dict.fromkeys(device)
        product = self.one("TbProduto", "cdProduto", device["cdProduto"])
        readings = self._readings(position)
        return {
            "cdProduto": device["cdProduto"],
            "nrCodigo": product["nrCodigo"],
            "dsDescricao": product["dsDescricao"],
            "dtRegistro": position["dtRegistro"],
            "cdDispositivo": position["cdDispositivo"],
            "dsNome": self.one("TbDestinatario", "cdDestinatario", position["cdDestinatario"])["dsNome"],
            "dsEndereco": self.one("TbEndereco", "cdEndereco", position["cdEndereco"])["dsLogradouro"],
            "nrBatPercentual": percentage(position["nrBat"]),
            "dsStatus": "Fora de Área" if position["blArea"] is False else "Dentro da Área",
            "dsStatusDispositivo": device["cdStatus"],
            "cdPosicao": position["cdPosicao"],
            **{name: maximum(readings, kind) for name, kind in MAXIMA.items()},
            "itens": [self._counted(reading) for reading in readings if reading["cdProdutoItem"] is not None],
        }

    def _readings(self, position: Row) -> list[Row]:
        """Readings that came with this report, each with its sensor, by sensor."""
        found = [
            self.one("TbSensor", "cdSensor", reading["cdSensor"]) | reading
            for reading in self.tables["TbSensorRegistro"]
            if reading["cdPosicao"] == position["cdPosicao"]
        ]
        return sorted(found, key=lambda reading: int(reading["cdSensor"]))

    def _counted(self, reading: Row) -> Row:
        item = self.one("TbProdutoItem", "cdProdutoItem", reading["cdProdutoItem"])
        count = items(reading["cdTipoSensor"], reading["nrValor"], reading["nrUnidadeIni"], item)
        return {"cdSensor": reading["cdSensor"], "dsProdutoItem": item["dsNome"], "nrQtdItens": count}


def order(position: Row) -> tuple[Any, ...]:
    """Where the report stands in history; no nrSeq comes before any."""
    seq = position["nrSeq"]
    return position["dtRegistro"], position["cdDispositivo"], seq is not None, seq or 0


def measures(device: Row, moment: time) -> bool:
    """The device is meant to measure at this time of day."""
    start, end = device["horarioMedicaoInicio"], device["horarioMedicaoFim"]
    if start is None or end is None:
        return True
    return start <= moment <= end if start <= end else not end < moment < start


def percentage(volts: float | None) -> str | None:
    return None if volts is None else f"{min(volts, 3.7) / 3.7 * 100:.2f}%"


def maximum(readings: list[Row], kind: int) -> float | None:
    values = [r["nrValor"] for r in readings if r["cdTipoSensor"] == kind and r["nrValor"] is not None]
    return max(values, default=None)


def items(kind: int, value: float, tare: int | None, item: Row) -> float:
    """Grams less the tare, or millimetres, over those of one item, 0 where that is unknown; or as counted."""
    if kind not in (1, 3):
        return value
    total, each = (value - (tare or 0), item["nrPesoUnit"]) if kind == 3 else (value, item["nrAlt"])
    return total / each if each else 0
