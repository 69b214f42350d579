"""What each RPC answers, for the types that supabase-js takes: /types/supabase.ts.

Most are what a route of v2 answers, so its model says it for both. The rest, which only v1, the gateway or
SQL call, is in answer_models.py. Held against real answers by tests/contract/test_answers.py.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import TypeAdapter

from app.http.ops.schemas import SeriesHealth
from app.http.v2.api_keys.schemas import ApiKey, KeyPage, NewApiKey
from app.http.v2.deletions.schemas import DeletionReceipt, DeletionReceiptPage
from app.http.v2.device_logins.schemas import Login, LoginPage, NewLogin
from app.http.v2.fleet.bulk import Made
from app.http.v2.me.schemas import Me
from app.http.v2.people.schemas import Invitation, Person, PersonPage
from app.http.v2.points.schemas import DataPoints, LatestValues, SeveralDataPoints
from app.http.v2.positions.schemas import CurrentFeatures, CurrentPositions
from app.http.v2.quarantine.schemas import Discarded, Replayed
from app.http.v2.readings.schemas import BatchVerdicts, Verdict
from app.http.v2.retention.schemas import LegalHold, RetentionPolicy, RetentionPreview
from app.http.v2.stream.schemas import Ticket
from app.http.v2.summaries.schemas import CategoryChart, Chart, DailySums

from .answer_models import (
    DeletedSince,
    DeviceTotals,
    Entity,
    EntityPage,
    Features,
    HistoryEntry,
    InvitationPage,
    ItemLink,
    KeptPayload,
    LegalHoldPage,
    MessageVerdicts,
    NumberedHistoryPage,
    ProductByStatus,
    ProductDevices,
    ProductPage,
    QuarantinePage,
    RegisteredPosition,
    ReplayVerdicts,
    Track,
    TypeTotals,
    WrittenEntity,
    rows,
)

Json = dict[str, Any]


def _of(view: str) -> Any:
    """All columns of a view, in a list."""
    return list[Annotated[dict[str, Any], rows("Views", view)]]


ANSWERS: dict[str, Any] = {
    "aceitar_convite": Person,
    "apagar_cadastro": Entity,
    "apagar_guarda_legal": LegalHold,
    "apagar_retencao": RetentionPolicy,
    "conferir_chamador": bool,
    "criar_api_key": NewApiKey,
    "criar_bilhete": Ticket,
    "criar_cadastro": WrittenEntity,
    "criar_cadastros": Made,
    "criar_convite": Invitation,
    "criar_credencial": NewLogin,
    "criar_guarda_legal": LegalHold,
    "descartar_erros": Discarded,
    "excluir_pessoa": DeletionReceipt,
    "excluir_serie": DeletionReceipt,
    "get_abertura_porta_aggregation": Chart,
    "get_api_keys": KeyPage,
    "get_cadastros": EntityPage,
    "get_camera_categorias_aggregation": CategoryChart,
    "get_convites": InvitationPage,
    "get_credenciais": LoginPage,
    "get_dados_dispositivos": _of("VwRelDadosDispositivo"),
    "get_data_points": DataPoints,
    "get_device_aggregations": list[DeviceTotals],
    "get_erros_ingestao": QuarantinePage,
    "get_eu": Me,
    "get_exclusao": DeletionReceipt,
    "get_exclusoes": DeletionReceiptPage,
    "get_exclusoes_desde": DeletedSince,
    "get_frota": CurrentPositions | CurrentFeatures,
    "get_grouped_sensor_data": list[TypeTotals],
    "get_guardas_legais": LegalHoldPage,
    "get_historico_completo": list[HistoryEntry],
    "get_historico_leituras": _of("VwRelHistoricoDispositivoProduto"),
    "get_historico_paginado": NumberedHistoryPage,
    "get_lista_dispositivos_resumo": ProductDevices,
    "get_movimento_pessoas_aggregation": Chart,
    "get_pessoas": PersonPage,
    "get_posicoes": _of("TbPosicao"),
    "get_posicoes_atuais": _of("VwTbPosicaoAtual"),
    "get_posicoes_geojson": Features,
    "get_produtos_completos": ProductPage,
    "get_produtos_por_status": list[ProductByStatus],
    "get_retencao": RetentionPolicy,
    "get_saude_series": SeriesHealth,
    "get_series": SeveralDataPoints,
    "get_somas_diarias": DailySums,
    "get_temperatura_aggregation": Chart,
    "get_trajeto": Track,
    "get_ultimos_valores": LatestValues,
    "importar_historico": BatchVerdicts,
    "insert_device_messages": MessageVerdicts,
    "insert_device_reading": Verdict,
    "insert_device_readings": BatchVerdicts,
    "limitar_api_key": ApiKey,
    "mudar_cadastro": WrittenEntity,
    "mudar_pessoa": Person,
    "mudar_retencao": RetentionPolicy,
    "prever_retencao": RetentionPreview,
    "quarentenar_payload": KeptPayload,
    "registrar_posicao": RegisteredPosition,
    "remover_pessoa": Person,
    "reprocessar_erros": Replayed,
    "reprocessar_payload": ReplayVerdicts,
    "revogar_api_key": ApiKey,
    "revogar_convite": Invitation,
    "revogar_credencial": Login,
    "rotacionar_api_key": NewApiKey,
    "vincular_item": ItemLink,
}


def schemas() -> tuple[dict[str, Json], Json]:
    """The JSON schema of each answer, and those that they name. Nothing else is in an answer."""
    inputs = [(name, "validation", TypeAdapter(kind)) for name, kind in ANSWERS.items()]
    by_name, described = TypeAdapter.json_schemas(inputs)  # type: ignore[arg-type]
    defs = described.get("$defs", {})
    return {name: by_name[name, "validation"] for name, _, _ in inputs}, defs
