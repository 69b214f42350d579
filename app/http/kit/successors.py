"""What takes the place of each legacy route, as its answers say (RFC 9745, 8594 and 8288).

Each use is counted by route and caller, so that an operator sees who still needs them.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from email.utils import format_datetime

from flask import Response, g, request

from app.http.kit.call import settings
from app.http.kit.tally import Tally

SINCE = datetime(2026, 11, 29, tzinfo=UTC)
SUCCESSORS = {
    "/Destinatario/<codigo>": "/v2/destinatarios",
    "/Dispositivo/<codigo>": "/v2/dispositivos",
    "/Imagens/<codigo>": "/v2/imagens",
    "/TbProdutoTipo/<codigo>": "/v2/dispositivos",
    "/Destinatario": "/v2/destinatarios",
    "/Dispositivo": "/v2/dispositivos",
    "/Produto": "/v2/produtos",
    "/Sensor": "/v2/sensores",
    "/Produto/<codigo>": "/v2/produtos/{codigo}",
    "/HistoricoPaginaDispositivo/<codigo>": "/v2/HistoricoPaginaDispositivo/{cdDispositivo}",
    "/VwRelHistoricoDispositivoProduto/<codigo>": "/v2/HistoricoPaginaDispositivo/{cdDispositivo}",
    "/VwRelDadosDispositivo/<codigo>": "/v2/TbPosicaoAtual",
    "/Posicao": "/v2/posicoes",
    "/CadastraImgProduto": "/v2/imagens",
    "/Posicao/<codigo>": "/v2/HistoricoPaginaDispositivo/{cdDispositivo}",
    "/TbPosicaoAtual/<codigo>": "/v2/TbPosicaoAtual",
    "/TbProdutoTotalStatus/<codigo>": "/v2/cliente/{cdCliente}/produtos",
    "/cliente/<cdCliente>/produtos": "/v2/cliente/{cdCliente}/produtos",
    "/cliente/<cdCliente>/produto/<cdProduto>/dispositivos-resumo": (
        "/v2/cliente/{cdCliente}/produto/{cdProduto}/dispositivos-resumo"
    ),
    "/GroupedSensorData": "/v2/summary/days",
    "/v1/summary/abertura-porta": "/v2/summary/abertura-porta",
    "/v1/summary/movimento-pessoas": "/v2/summary/movimento-pessoas",
    "/v1/summary/temperatura": "/v2/summary/temperatura",
    "/v1/summary/camera-categorias": "/v2/summary/camera-categorias",
}
"""By the path of the legacy route; ``{…}`` as in the API description."""

USES = Tally()
"""By route and caller, of all processes: made here, before they fork."""


def mark_deprecated(response: Response) -> Response:
    """After every request of a legacy blueprint."""
    rule = request.url_rule.rule if request.url_rule else ""
    if rule not in SUCCESSORS:
        return response
    _count(rule)
    response.headers["Deprecation"] = f"@{SINCE.timestamp():.0f}"
    ends = datetime.combine(settings().v1_sunset, time.min, UTC)
    response.headers["Sunset"] = format_datetime(ends, usegmt=True)
    response.headers["Link"] = f'<{SUCCESSORS[rule]}>; rel="successor-version"'
    return response


def _count(rule: str) -> None:
    """People together, keys each; beyond some number of keys the rest together."""
    caller = g.principal if "principal" in g else None
    who = "nobody" if caller is None else caller.label if caller.kind == "key" else caller.kind
    USES.add(f"{rule} {who}", f"{rule} others")


def uses() -> dict[tuple[str, str], int]:
    """How often all processes answered each route, by route and caller."""
    split = ((name.rpartition(" "), number) for name, number in USES.counts().items())
    return {(rule, who): number for (rule, _, who), number in split}
