"""One small fleet with every case that views distinguish, as rows of the old schema and of this one."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests._lib.legacy import Rows

NOW = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
STATES = ("ativo", "inativo", "suspenso", "bloqueado", "encerrado", "estoque", None)
KINDS = (1, 2, 3, 4, 5, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18)
ADDRESS = "abcde"  # what the columns of an address are made of

# What its device says of itself: its site, product and client.
DEVICES: dict[int, dict[str, Any]] = {
    **{n: {"cdDestinatario": 1, "cdProduto": 1, "cdCliente": 1} for n in range(1, 8)},  # one of each status
    11: {"cdDestinatario": None, "cdProduto": 1, "cdCliente": 2},
    12: {"cdDestinatario": 2, "cdProduto": 2, "cdCliente": 1},  # a site without address
    13: {"cdDestinatario": 3, "cdProduto": 2, "cdCliente": 1},  # an address without coordinates
    14: {"cdDestinatario": 1, "cdProduto": 2, "cdCliente": 2},  # no position
    15: {"cdDestinatario": 1, "cdProduto": None, "cdCliente": 2},
    16: {"cdDestinatario": 1, "cdProduto": 2, "cdCliente": 1},  # its newest position did not arrive last
    17: {"cdDestinatario": 1, "cdProduto": 2, "cdCliente": 1},  # its newest position has no battery
}
# cdPosicao: device, hours ago, battery, inside, site, address
POSITIONS: dict[int, tuple[int, int, float | None, bool | None, int | None, int]] = {
    **{100 + n: (n, 900 + n, 3.0 + n / 10, n % 2 == 0, 1, 4) for n in range(1, 8)},
    **{200 + n: (n, 10 + n, 3.5 + n / 10, n % 3 == 0, 1, 5) for n in range(1, 8)},
    211: (11, 5, 0.0, None, None, 4),
    212: (12, 4, 3.7, None, 2, 5),
    213: (13, 3, 1 / 3, False, 3, 4),
    215: (15, 2, 3.1, False, 1, 4),
    216: (16, 1, 3.2, False, 1, 5),
    217: (16, 30, 3.3, True, 1, 4),
    218: (17, 20, 3.4, True, 1, 4),
    219: (17, 2, None, False, 1, 5),
}
# cdSensor: device, kind, item, tare
SENSORS: dict[int, tuple[int, int, int | None, int | None]] = {
    **{1000 + kind: (1, kind, None, None) for kind in KINDS},
    **{1100 + kind: (1, kind, 1, 7) for kind in KINDS},
    2001: (2, 3, 2, None),  # an item without weight
    2002: (2, 1, 2, 5),  # … and without height
    2003: (2, 4, 1, None),
    2004: (11, 2, None, None),
}


def moment(hours: int) -> datetime:
    return NOW - timedelta(hours=hours)


def entities(text: bool) -> Rows:
    """Everything but the time series; coordinates of addresses as text or as numbers."""
    when = {"dtRegistro": datetime(2025, 1, 2, 3, 4, 5)}
    return {
        'public."TbCliente"': [{"cdCliente": 1}, {"cdCliente": 2, "cdClientePai": 1}],
        'public."TbEndereco"': [_address(n, text) | when for n in (1, 3, 4, 5)],
        'public."TbDestinatario"': [_site(1, 1), _site(2, None), _site(3, 3)],
        'public."TbProduto"': [_product(n) for n in (1, 2, 3)],  # nothing is mounted on the third
        'public."TbImagens"': [_image(*image) for image in ((1, 2, 1), (2, 1, 1), (3, None, 1))],
        'public."TbProdutoItem"': [_item(1, 120.0, 0.3), _item(2, 0.0, None)],
        'public."TbDispositivo"': [_device(n) | when for n in DEVICES],
        'public."TbSensor"': [_sensor(n) for n in SENSORS],
    }


def kinds() -> Rows:
    """Sensor types, which this schema has from birth."""
    when = datetime(2025, 1, 2)
    names = {kind: f"type {chr(0x7B - kind)}" for kind in KINDS}
    return {
        'public."TbTipoSensor"': [
            {"id": kind, "dsNome": name, "dsUnidade": f"unit {kind}", "dtRegistro": when}
            for kind, name in names.items()
        ]
    }


def coordinates(address: int) -> tuple[float, float] | tuple[None, None]:
    return (-23.5 - address / 7, -46.5 + address / 7) if address != 3 else (None, None)


def positions(old: bool) -> list[dict[str, Any]]:
    return [_position(code, old) for code in POSITIONS]


def readings(old: bool) -> list[dict[str, Any]]:
    """Each sensor reads with each position of its device, but for one that has no reading at all."""
    return [
        _reading(sensor, position, old)
        for position, (device, *_) in POSITIONS.items()
        for sensor, (owner, *_) in SENSORS.items()
        if device == owner and position != 102
    ]


def _address(code: int, text: bool) -> dict[str, Any]:
    parts = dict(
        zip(("dsLogradouro", "dsComplemento", "dsBairro", "dsCep", "dsCidade"), ADDRESS, strict=True)
    )
    lat, long = (str(x) if text and x is not None else x for x in coordinates(code))
    row = {name: f"{part}{code}" for name, part in parts.items()}
    return row | {
        "cdEndereco": code,
        "nrNumero": f"n{code}",
        "dsUF": f"U{code}",
        "dsLat": lat,
        "dsLong": long,
    }


def _site(code: int, address: int | None) -> dict[str, Any]:
    return {
        "cdDestinatario": code,
        "dsNome": f"site {code}",
        "nrRaio": code * 100.0,
        "dtRegistro": NOW,
        "cdCliente": 1,
        "cdEndereco": address,
    }


def _product(code: int) -> dict[str, Any]:
    return {
        "cdProduto": code,
        "dsNome": f"product {code}",
        "dsDescricao": f"description {code}",
        "nrCodigo": f"code {code}",
        "nrLarg": code + 0.1,
        "nrComp": code + 0.2,
        "nrAlt": code + 0.3,
        "cdStatus": STATES[code],
        "dtRegistro": datetime(2025, code, 1),
        "cdCliente": 1,
    }


def _image(code: int, number: int | None, product: int) -> dict[str, Any]:
    return {
        "cdImagens": code,
        "nrImagem": number,
        "cdProduto": product,
        "dsCaminho": f"path {code}",
        "cdCodigo": f"c{code}",
    }


def _item(code: int, weight: float, height: float | None) -> dict[str, Any]:
    return {
        "cdProdutoItem": code,
        "dsNome": f"item {code}",
        "nrPesoUnit": weight,
        "nrLarg": code + 0.5,
        "nrComp": code + 0.6,
        "nrAlt": height,
    }


def _device(code: int) -> dict[str, Any]:
    return {
        "cdDispositivo": code,
        "dsDispositivo": f"device {code}",
        "dsModelo": code + 1,
        "dsDescricao": f"about {code}",
        "dsObs": f"note {code}",
        "dsLayout": f"layout {code}",
        "nrChip": 55119 * 10**8 + code,
        "cdStatus": STATES[code % len(STATES)],
        **DEVICES[code],
    }


def _sensor(code: int) -> dict[str, Any]:
    device, kind, item, tare = SENSORS[code]
    return {
        "cdSensor": code,
        "cdDispositivo": device,
        "cdTipoSensor": kind,
        "cdProdutoItem": item,
        "nrUnidadeIni": tare,
        "nrUnidadeFim": code % 10,
    }


def _position(code: int, old: bool) -> dict[str, Any]:
    device, hours, battery, inside, site, address = POSITIONS[code]
    lat, long = coordinates(address)
    new = {"dsLat": lat, "dsLong": long, "cdCliente": DEVICES[device]["cdCliente"]}
    row = {
        "cdPosicao": code,
        "cdDispositivo": device,
        "dtRegistro": moment(hours),
        "nrBat": battery,
        "blArea": inside,
        "cdDestinatario": site,
        "cdEndereco": address,
    }
    return row if old else row | new


def _reading(sensor: int, position: int, old: bool) -> dict[str, Any]:
    device, hours, *_ = POSITIONS[position]
    row = {
        "cdDispositivo": device,
        "cdSensor": sensor,
        "cdPosicao": position,
        "cdProdutoItem": SENSORS[sensor][2],
        "nrValor": (sensor * 7 + position) % 997 / 8,
        "dtRegistro": moment(hours),
    }
    return row if old else row | {"cdCliente": DEVICES[device]["cdCliente"]}
