"""The columns of downloaded tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Row = Mapping[str, Any]
Kind = Literal["time", "number", "whole", "flag", "text"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, what it holds, and how it is taken from a row of the API."""

    heading: str
    kind: Kind
    of: Callable[[Row], Any]
    name: str = ""  # of the member that it shows


def _of(name: str, heading: str, kind: Kind = "text") -> Column:
    return Column(heading, kind, lambda row: row[name], name)


def _battery(row: Row) -> float | None:
    """nrBatPercentual is a text such as 97.30%."""
    percent = row["nrBatPercentual"]
    return None if percent is None else float(percent.rstrip("%"))


def _items(row: Row) -> str | None:
    counted = (f"{one['dsProdutoItem'] or one['cdSensor']}: {one['nrQtdItens']:g}" for one in row["itens"])
    return "; ".join(counted) or None


HISTORY = (
    _of("dtRegistro", "Time (UTC)", "time"),
    _of("cdDispositivo", "Device", "whole"),
    _of("nrCodigo", "Product code"),
    _of("dsDescricao", "Product"),
    _of("dsNome", "Site"),
    _of("dsEndereco", "Address"),
    _of("latitude", "Latitude", "number"),
    _of("longitude", "Longitude", "number"),
    Column("Battery (%)", "number", _battery),
    _of("dsStatus", "Area"),
    _of("dsStatusDispositivo", "Device status"),
    _of("nrPorta", "Door openings", "number"),
    _of("nrTemperatura", "Temperature (°C)", "number"),
    _of("nrPessoas", "People", "number"),
    _of("nrMasculino", "Male", "number"),
    _of("nrFeminino", "Female", "number"),
    _of("nrCrianca", "Children", "number"),
    _of("nrJovem", "Young", "number"),
    _of("nrAdulto", "Adults", "number"),
    _of("nrSenior", "Seniors", "number"),
    _of("nrAlegre", "Happy", "number"),
    _of("nrTriste", "Concentrated", "number"),
    _of("nrNeutro", "Neutral", "number"),
    _of("nrCategoriaTotal", "All categories", "number"),
    Column("Items", "text", _items),
    _of("cdPosicao", "Report", "whole"),
    _of("nrPrecisao", "Precision (m)", "number"),
)
BUCKETS = (
    _of("ts", "Time (UTC)", "time"),
    _of("avg", "Average", "number"),
    _of("min", "Minimum", "number"),
    _of("max", "Maximum", "number"),
    _of("sum", "Sum", "number"),
    _of("count", "Readings", "whole"),
    _of("value", "Value", "number"),
)


def _typed(wanted: type | tuple[type, ...]) -> Any:
    """The value of a point where it is of this type: a sensor may read numbers, states and texts."""

    def value(row: Row) -> Any:
        found = row["value"]
        fits = isinstance(found, wanted) and (wanted is bool or not isinstance(found, bool))
        return found if fits else None

    return value


RAW = (
    _of("ts", "Time (UTC)", "time"),
    Column("Value", "number", _typed((int, float))),
    Column("State", "flag", _typed(bool)),
    Column("Text", "text", _typed(str)),
    _of("quality", "Quality", "whole"),
)
