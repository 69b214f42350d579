"""The legacy application as a client of PostgREST: how it writes a device's report, and what it reads.

Reconstructed from a description of its calls; nothing of the application itself was available.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol

from geopy.distance import geodesic

from .ledger import Ledger
from .postgrest_schema import Refused, Unanswered

Row = dict[str, Any]


class Door(Protocol):
    """PostgREST, reached in one way or another. Its methods raise Refused or Unanswered."""

    def select(self, relation: str, limit: int | None = None, **wanted: Any) -> list[Row]:
        """Rows whose columns equal these values; NAME__gte, __lte and __in compare otherwise."""

    def insert(self, relation: str, rows: Row | Sequence[Row]) -> list[Row]:
        """The rows as they were inserted."""

    def call(self, function: str, **arguments: Any) -> Any:
        """What a function returns."""


@dataclass(frozen=True)
class Report:
    """What a device posts; `number` is a different one in each report, and becomes nrSeq."""

    device: int
    latitude: float
    longitude: float
    battery: float
    number: int
    values: dict[int, float]  # by sensor


def geocoded(latitude: float, longitude: float) -> Row:
    """What a geocoder might say of a place."""
    return {"dsLogradouro": f"Rua {latitude:.3f}, {longitude:.3f}", "dsCidade": "São Paulo", "dsUF": "SP"}


@dataclass
class Writer:
    """Writes reports by requests of their own, with the service key, and records each answer in a ledger."""

    door: Door
    ledger: Ledger
    geocode: Callable[[float, float], Row] = geocoded
    calls: int = 0

    def write(self, report: Report) -> bool:
        """Whether all of its requests were answered; what was answered is in the ledger in any case."""
        try:
            self._write(report)
        except (Refused, Unanswered):
            return False
        return True

    def _write(self, report: Report) -> None:
        device = self._ask(self.door.select, "TbDispositivo", cdDispositivo=report.device)
        address = self._address(report)
        site = self._ask(self.door.select, "VwTbDestinatarioDispositivo", cdDispositivo=report.device)
        items = {}
        for sensor in report.values:
            found = self._ask(self.door.select, "TbSensor", cdSensor=sensor)
            items[sensor] = found[0]["cdProdutoItem"] if found else None
        position = {
            "nrBat": report.battery,
            "nrSeq": report.number,
            "cdDispositivo": report.device,
            "blArea": _is_inside(report, site),
            "cdDestinatario": device[0]["cdDestinatario"] if device else None,
            "cdEndereco": address["cdEndereco"],
        }
        (stored,) = self._insert("TbPosicao", position)
        if report.values:
            readings = [
                {
                    "cdDispositivo": report.device,
                    "cdSensor": sensor,
                    "cdPosicao": stored["cdPosicao"],
                    "cdProdutoItem": items[sensor],
                    "nrValor": value,
                }
                for sensor, value in report.values.items()
            ]
            self._insert("TbSensorRegistro", readings)

    def _address(self, report: Report) -> Row:
        """The row of a pair of coordinates with five decimals, made if there is none."""
        place = {"dsLat": f"{report.latitude:.5f}", "dsLong": f"{report.longitude:.5f}"}
        found: list[Row] = self._ask(self.door.select, "TbEndereco", limit=1, **place)
        if found:
            return found[0]
        said = self.geocode(report.latitude, report.longitude)
        (made,) = self._insert("TbEndereco", place | said)
        return made

    def _insert(self, table: str, rows: Row | list[Row]) -> list[Row]:
        try:
            stored: list[Row] = self._ask(self.door.insert, table, rows)
        except Refused as refused:
            self.ledger.refused(table, rows, str(refused))
            raise
        except Unanswered:
            self.ledger.unanswered(table, rows)
            raise
        self.ledger.acknowledged(table, stored)
        return stored

    def _ask(self, request: Callable[..., Any], name: str, *arguments: Any, **wanted: Any) -> Any:
        self.calls += 1
        begin = monotonic()
        try:
            return request(name, *arguments, **wanted)
        except (Refused, Unanswered) as problem:
            self.ledger.failed(name, str(problem))
            raise
        finally:
            self.ledger.waited(f"{request.__name__} {name}", monotonic() - begin)


def _is_inside(report: Report, sites: list[Row]) -> bool | None:
    """Kilometres compared with nrRaio, as it was; null without a site that has a place."""
    if not sites or None in (sites[0]["dsLat"], sites[0]["dsLong"], sites[0]["nrRaio"]):
        return None
    site = float(sites[0]["dsLat"]), float(sites[0]["dsLong"])
    return bool(geodesic(site, (report.latitude, report.longitude)).km <= sites[0]["nrRaio"])


@dataclass
class Reader:
    """Reads as the legacy application did, with the token of a user of the client of a product."""

    door: Door
    client: int
    product: int
    device: int
    since: str  # ISO 8601, UTC
    until: str
    ledger: Ledger = field(default_factory=Ledger)

    def requests(self) -> Iterator[tuple[str, Callable[[], Any]]]:
        """A name for each request, and the request."""
        views: dict[str, Row] = {
            "VwTbPosicaoAtual": {"cdProduto": self.product},
            "VwProdutosFora": {"cdProduto": self.product},
            "VwTbProdutoTipo": {"cdProduto": self.product},
            "VwTbProdutoTotal": {"cdCliente": self.client},
            "VwTbProdutoTotalStatus": {"cdProduto": self.product},
            "VwProdutoCompleto": {"cdCliente": self.client},
            "VwRelDadosDispositivo": {"cdDispositivo": self.device},
            "VwTbDestinatarioDispositivo": {"cdDispositivo": self.device},
            "VwRelHistoricoDispositivoProduto": {
                "cdDispositivo": self.device, "dtRegistro__gte": self.since, "dtRegistro__lte": self.until,
            },
            "TbPosicao": {
                "cdDispositivo": self.device, "dtRegistro__gte": self.since, "dtRegistro__lte": self.until,
            },
            "TbSensorRegistro": {
                "cdDispositivo": self.device, "dtRegistro__gte": self.since, "dtRegistro__lte": self.until,
            },
        }  # fmt: skip
        for view, wanted in views.items():
            yield view, lambda view=view, wanted=wanted: self.door.select(view, limit=1000, **wanted)  # type: ignore[misc]
        for function, arguments in self.functions().items():
            yield (
                function,
                lambda function=function, arguments=arguments: (  # type: ignore[misc]
                    self.door.call(function, **arguments)
                ),
            )

    def functions(self) -> dict[str, Row]:
        """Arguments by function, as the application named them."""
        window = {"dt_registro_inicio": self.since, "dt_registro_fim": self.until}
        chart = {
            "p_cd_produto": self.product, "p_dt_inicio": self.since, "p_dt_fim": self.until,
            "p_cd_dispositivos": None, "p_cd_cliente": self.client, "p_aggregation_type": "hourly",
        }  # fmt: skip
        nothing = dict.fromkeys(("cd_status", "ds_uf", "bl_area", "nr_bateria_min", "nr_bateria_max"))
        return {
            "get_grouped_sensor_data": {
                "dispositivos": [self.device],
                "dt_registro_comeco": self.since,
                "dt_registro_fim": self.until,
            },
            "get_lista_dispositivos_resumo": {
                **window, **nothing, "cd_cliente": self.client, "cd_produto": self.product,
            },
            "get_abertura_porta_aggregation": chart,
            "get_movimento_pessoas_aggregation": chart,
            "get_historico_paginado": {
                "p_cd_cliente": self.client, "p_cd_dispositivo": self.device, "p_cd_dispositivos": None,
                "p_dt_registro_comeco": self.since, "p_dt_registro_fim": self.until,
                "p_page": 1, "p_page_size": 20,
            },
        }  # fmt: skip

    def read(self) -> dict[str, Any]:
        """The answer of each request; those that failed are in the ledger, and have none."""
        answers = {}
        for name, request in self.requests():
            begin = monotonic()
            try:
                answers[name] = request()
            except (Refused, Unanswered) as problem:
                self.ledger.failed(name, str(problem))
            finally:
                self.ledger.waited(name, monotonic() - begin)
        return answers
