"""Every RPC the application calls: its arguments with their SQL types, and whether it only reads.

A name that is not here cannot be called, and no name ever comes from input. To add an RPC: write its function
in ``sql/60_rpc``, add it here, call it from a handler.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rpc:
    """A function of schema public. One that only reads may be tried again when a connection breaks."""

    name: str
    arguments: Mapping[str, str]
    reads_only: bool = False


_OF_A_PRODUCT = {
    "p_cd_produto": "integer",
    "p_dt_inicio": "timestamptz",
    "p_dt_fim": "timestamptz",
    "p_cd_dispositivos": "integer[]",
    "p_cd_cliente": "integer",
    "p_fuso": "text",
}
_CHART = _OF_A_PRODUCT | {"p_aggregation_type": "text"}
_CURRENT = {
    "p_cd_produto": "integer",
    "p_cd_dispositivos": "integer[]",
    "p_desde": "timestamptz",
    "p_area": "jsonb",
}
_OLD_HISTORY = {
    "p_cd_cliente": "integer",
    "p_cd_dispositivo": "integer",
    "p_dt_inicio": "timestamptz",
    "p_dt_fim": "timestamptz",
}

_ALL = (
    Rpc(
        "insert_device_readings", {"p_readings": "jsonb", "p_validar": "boolean", "p_so_excecoes": "boolean"}
    ),
    Rpc(
        "insert_device_reading",
        {
            "p_cd_dispositivo": "integer",
            "p_nr_bat": "double precision",
            "p_nr_seq": "integer",
            "p_dt_registro": "timestamptz",
            "p_latitude": "double precision",
            "p_longitude": "double precision",
            "p_sensor_readings": "jsonb",
        },
    ),
    Rpc("criar_credencial", {"p_cd_dispositivo": "integer", "p_nr_horas": "integer"}),
    Rpc(
        "get_credenciais",
        {"p_cd_dispositivo": "integer", "p_page_size": "integer", "p_cursor": "uuid"},
        reads_only=True,
    ),
    Rpc("revogar_credencial", {"p_cd_dispositivo": "integer", "p_cd_credencial": "uuid"}),
    Rpc("insert_device_messages", {"p_readings": "jsonb", "p_mensagens": "jsonb"}),
    Rpc(
        "quarentenar_payload",
        {
            "p_payload": "text",
            "p_nr_tamanho": "bigint",
            "p_hash": "text",
            "p_motivo": "text",
            "p_ds_erro": "text",
        },
    ),
    Rpc("get_posicoes_atuais", _CURRENT, reads_only=True),
    Rpc(
        "get_historico_paginado",
        {
            "p_cd_cliente": "integer",
            "p_cd_dispositivo": "integer",
            "p_cd_dispositivos": "integer[]",
            "p_dt_registro_comeco": "timestamptz",
            "p_dt_registro_fim": "timestamptz",
            "p_page": "integer",
            "p_page_size": "integer",
            "p_cursor": "text",
        },
        reads_only=True,
    ),
    Rpc(
        "get_data_points",
        {
            "p_cd_sensor": "integer",
            "p_dt_inicio": "timestamptz",
            "p_dt_fim": "timestamptz",
            "p_agg": "text",
            "p_limit": "integer",
            "p_cursor": "text",
            "p_max_points": "integer",
        },
        reads_only=True,
    ),
    Rpc(
        "get_device_aggregations",
        {"p_dispositivos": "integer[]", "p_dt_inicio": "timestamptz", "p_dt_fim": "timestamptz"},
        reads_only=True,
    ),
    Rpc(
        "get_grouped_sensor_data",
        {
            "dispositivos": "integer[]",
            "dt_registro_comeco": "timestamptz",
            "dt_registro_fim": "timestamptz",
        },
        reads_only=True,
    ),
    Rpc("get_temperatura_aggregation", _CHART, reads_only=True),
    Rpc("get_abertura_porta_aggregation", _CHART, reads_only=True),
    Rpc("get_movimento_pessoas_aggregation", _CHART, reads_only=True),
    Rpc("get_camera_categorias_aggregation", _OF_A_PRODUCT, reads_only=True),
    Rpc(
        "get_lista_dispositivos_resumo",
        {
            "dt_registro_inicio": "timestamptz",
            "dt_registro_fim": "timestamptz",
            "cd_status": "text",
            "ds_uf": "text",
            "bl_area": "boolean",
            "nr_bateria_min": "double precision",
            "nr_bateria_max": "double precision",
            "cd_cliente": "integer",
            "cd_produto": "integer",
        },
        reads_only=True,
    ),
    Rpc(
        "get_cadastros",
        {
            "p_cadastro": "text",
            "p_codigo": "integer",
            "p_filtros": "jsonb",
            "p_page_size": "integer",
            "p_cursor": "integer",
        },
        reads_only=True,
    ),
    Rpc("criar_cadastro", {"p_cadastro": "text", "p_dados": "jsonb"}),
    Rpc(
        "mudar_cadastro",
        {"p_cadastro": "text", "p_codigo": "integer", "p_dados": "jsonb", "p_versao": "text"},
    ),
    Rpc("apagar_cadastro", {"p_cadastro": "text", "p_codigo": "integer", "p_versao": "text"}),
    Rpc(
        "vincular_item",
        {"p_cd_produto": "integer", "p_cd_produto_item": "integer", "p_bl_vinculo": "boolean"},
    ),
    Rpc("criar_cadastros", {"p_cadastro": "text", "p_linhas": "jsonb", "p_validar": "boolean"}),
    Rpc("get_produtos_por_status", {"p_cd_produto": "integer", "p_cd_cliente": "integer"}, reads_only=True),
    Rpc(
        "get_produtos_completos",
        {
            "p_cd_cliente": "integer",
            "p_ds_nome": "text",
            "p_cd_status": "text",
            "p_page_size": "integer",
            "p_cursor": "integer",
        },
        reads_only=True,
    ),
    Rpc(
        "get_posicoes",
        {
            "p_cd_dispositivo": "integer",
            "p_ds_lat": "double precision",
            "p_ds_long": "double precision",
            "p_nr_bat": "double precision",
            "p_dt_inicio": "timestamptz",
            "p_dt_fim": "timestamptz",
        },
        reads_only=True,
    ),
    Rpc("get_historico_completo", _OLD_HISTORY, reads_only=True),
    Rpc("get_historico_leituras", _OLD_HISTORY, reads_only=True),
    Rpc(
        "get_dados_dispositivos",
        {"p_cd_dispositivo": "integer", "p_dt_inicio": "timestamptz", "p_dt_fim": "timestamptz"},
        reads_only=True,
    ),
    Rpc("registrar_posicao", {"p_leitura": "jsonb"}),
    Rpc("get_posicoes_geojson", _CURRENT, reads_only=True),
    Rpc(
        "get_erros_ingestao",
        {"p_ds_motivo": "text", "p_cd_erro": "bigint", "p_page_size": "integer", "p_cursor": "bigint"},
        reads_only=True,
    ),
    Rpc(
        "get_trajeto",
        {
            "p_cd_dispositivo": "integer",
            "p_dt_inicio": "timestamptz",
            "p_dt_fim": "timestamptz",
            "p_page_size": "integer",
            "p_cursor": "text",
        },
        reads_only=True,
    ),
    Rpc("criar_convite", {"p_cd_cliente": "integer", "p_nr_limite": "integer", "p_nr_dias": "integer"}),
    Rpc("get_convites", {"p_page_size": "integer", "p_cursor": "bigint"}, reads_only=True),
    Rpc("revogar_convite", {"p_id": "bigint"}),
    Rpc("aceitar_convite", {"p_ds_chave": "text"}),
    Rpc("get_pessoas", {"p_page_size": "integer", "p_cursor": "uuid"}, reads_only=True),
    Rpc("mudar_pessoa", {"p_id": "uuid", "p_papel": "text"}),
    Rpc("remover_pessoa", {"p_id": "uuid"}),
    Rpc("get_saude_series", {}, reads_only=True),
    Rpc("reprocessar_erros", {"p_cd_erros": "bigint[]", "p_ds_motivo": "text", "p_nr_limite": "integer"}),
    Rpc(
        "get_api_keys",
        {"p_cd_api_key": "uuid", "p_page_size": "integer", "p_cursor": "uuid"},
        reads_only=True,
    ),
    Rpc(
        "criar_api_key",
        {
            "p_ds_nome": "text",
            "p_ds_permissoes": "text[]",
            "p_cd_clientes": "integer[]",
            "p_dt_expiracao": "timestamptz",
            "p_nr_limite_minuto": "integer",
            "p_nr_cota_diaria": "integer",
        },
    ),
    Rpc(
        "limitar_api_key",
        {"p_cd_api_key": "uuid", "p_nr_limite_minuto": "integer", "p_nr_cota_diaria": "integer"},
    ),
    Rpc("rotacionar_api_key", {"p_cd_api_key": "uuid", "p_nr_horas": "integer"}),
    Rpc("revogar_api_key", {"p_cd_api_key": "uuid"}),
)

RPCS: Mapping[str, Rpc] = {rpc.name: rpc for rpc in _ALL}


def types_of(name: str, given: Iterable[str]) -> dict[str, str]:
    """SQL types of the arguments given, by name. Raises KeyError for what is not registered."""
    types = RPCS[name].arguments
    return {argument: types[argument] for argument in given}
