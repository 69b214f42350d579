"""Functions that the application may call: types of their arguments, and whether they only read.

Code generated from the database by `scripts/db types`. DO NOT EDIT.
"""

from __future__ import annotations

SIGNATURES: dict[str, tuple[dict[str, str], bool]] = {
    "aceitar_convite": (
        {
            "p_ds_chave": "text",
        },
        False,
    ),
    "apagar_cadastro": (
        {
            "p_cadastro": "text",
            "p_codigo": "integer",
            "p_versao": "text",
        },
        False,
    ),
    "apagar_guarda_legal": (
        {
            "p_cd_cliente": "integer",
            "p_cd_guarda_legal": "integer",
        },
        False,
    ),
    "apagar_retencao": (
        {
            "p_cd_cliente": "integer",
        },
        False,
    ),
    "conferir_chamador": (
        {
            "p_permissao": "text",
        },
        True,
    ),
    "criar_api_key": (
        {
            "p_ds_nome": "text",
            "p_ds_permissoes": "text[]",
            "p_cd_clientes": "integer[]",
            "p_dt_expiracao": "timestamp with time zone",
            "p_nr_limite_minuto": "integer",
            "p_nr_cota_diaria": "integer",
        },
        False,
    ),
    "criar_bilhete": ({}, False),
    "criar_cadastro": (
        {
            "p_cadastro": "text",
            "p_dados": "jsonb",
        },
        False,
    ),
    "criar_cadastros": (
        {
            "p_cadastro": "text",
            "p_linhas": "jsonb",
            "p_validar": "boolean",
        },
        False,
    ),
    "criar_convite": (
        {
            "p_cd_cliente": "integer",
            "p_nr_limite": "integer",
            "p_nr_dias": "integer",
        },
        False,
    ),
    "criar_credencial": (
        {
            "p_cd_dispositivo": "integer",
            "p_nr_horas": "integer",
        },
        False,
    ),
    "criar_guarda_legal": (
        {
            "p_cd_cliente": "integer",
            "p_ds_motivo": "text",
            "p_cd_dispositivo": "integer",
        },
        False,
    ),
    "descartar_erros": (
        {
            "p_cd_erros": "bigint[]",
            "p_ds_motivo": "text",
            "p_cd_dispositivo": "integer",
        },
        False,
    ),
    "excluir_pessoa": (
        {
            "p_cd_exclusao": "uuid",
            "p_cd_usuario": "uuid",
            "p_ds_motivo": "text",
        },
        False,
    ),
    "excluir_serie": (
        {
            "p_cd_exclusao": "uuid",
            "p_cd_dispositivo": "integer",
            "p_ds_motivo": "text",
        },
        False,
    ),
    "get_abertura_porta_aggregation": (
        {
            "p_cd_produto": "integer",
            "p_dt_inicio": "timestamp with time zone",
            "p_dt_fim": "timestamp with time zone",
            "p_cd_dispositivos": "integer[]",
            "p_cd_cliente": "integer",
            "p_aggregation_type": "text",
            "p_fuso": "text",
        },
        True,
    ),
    "get_api_keys": (
        {
            "p_cd_api_key": "uuid",
            "p_page_size": "integer",
            "p_cursor": "uuid",
        },
        True,
    ),
    "get_cadastros": (
        {
            "p_cadastro": "text",
            "p_codigo": "integer",
            "p_filtros": "jsonb",
            "p_page_size": "integer",
            "p_cursor": "integer",
        },
        True,
    ),
    "get_camera_categorias_aggregation": (
        {
            "p_cd_produto": "integer",
            "p_dt_inicio": "timestamp with time zone",
            "p_dt_fim": "timestamp with time zone",
            "p_cd_dispositivos": "integer[]",
            "p_cd_cliente": "integer",
            "p_fuso": "text",
        },
        True,
    ),
    "get_convites": (
        {
            "p_page_size": "integer",
            "p_cursor": "bigint",
        },
        False,
    ),
    "get_credenciais": (
        {
            "p_cd_dispositivo": "integer",
            "p_page_size": "integer",
            "p_cursor": "uuid",
        },
        False,
    ),
    "get_dados_dispositivos": (
        {
            "p_cd_dispositivo": "integer",
            "p_dt_inicio": "timestamp with time zone",
            "p_dt_fim": "timestamp with time zone",
        },
        True,
    ),
    "get_data_points": (
        {
            "p_cd_sensor": "integer",
            "p_dt_inicio": "timestamp with time zone",
            "p_dt_fim": "timestamp with time zone",
            "p_agg": "text",
            "p_limit": "integer",
            "p_cursor": "text",
            "p_max_points": "integer",
            "p_exigir": "boolean",
            "p_cd_dispositivo": "integer",
            "p_ds_ponto": "text",
        },
        True,
    ),
    "get_device_aggregations": (
        {
            "p_dispositivos": "integer[]",
            "p_dt_inicio": "timestamp with time zone",
            "p_dt_fim": "timestamp with time zone",
        },
        True,
    ),
    "get_erros_ingestao": (
        {
            "p_ds_motivo": "text",
            "p_cd_erro": "bigint",
            "p_page_size": "integer",
            "p_cursor": "bigint",
            "p_cd_dispositivo": "integer",
            "p_so_topico": "boolean",
        },
        True,
    ),
    "get_eu": ({}, True),
    "get_exclusao": (
        {
            "p_cd_exclusao": "uuid",
        },
        False,
    ),
    "get_exclusoes": (
        {
            "p_cd_dispositivo": "integer",
            "p_cd_usuario": "uuid",
            "p_cd_cliente": "integer",
            "p_page_size": "integer",
            "p_cursor": "uuid",
        },
        False,
    ),
    "get_exclusoes_desde": (
        {
            "p_desde": "text",
            "p_cd_dispositivo": "integer",
            "p_cd_dispositivos": "integer[]",
            "p_cd_sensor": "integer",
            "p_cd_cliente": "integer",
        },
        True,
    ),
    "get_frota": (
        {
            "p_cd_cliente": "integer",
            "p_cd_produto": "integer",
            "p_cd_dispositivos": "integer[]",
            "p_area": "jsonb",
            "p_desde": "text",
            "p_apos": "timestamp with time zone",
            "p_page_size": "integer",
            "p_cursor": "text",
            "p_geojson": "boolean",
        },
        True,
    ),
    "get_grouped_sensor_data": (
        {
            "dispositivos": "integer[]",
            "dt_registro_comeco": "timestamp with time zone",
            "dt_registro_fim": "timestamp with time zone",
            "p_cd_cliente": "integer",
        },
        True,
    ),
    "get_guardas_legais": (
        {
            "p_cd_cliente": "integer",
            "p_page_size": "integer",
            "p_cursor": "integer",
        },
        False,
    ),
    "get_historico_completo": (
        {
            "p_cd_cliente": "integer",
            "p_cd_dispositivo": "integer",
            "p_dt_inicio": "timestamp with time zone",
            "p_dt_fim": "timestamp with time zone",
        },
        True,
    ),
    "get_historico_leituras": (
        {
            "p_cd_cliente": "integer",
            "p_cd_dispositivo": "integer",
            "p_dt_inicio": "timestamp with time zone",
            "p_dt_fim": "timestamp with time zone",
        },
        True,
    ),
    "get_historico_paginado": (
        {
            "p_cd_cliente": "integer",
            "p_cd_dispositivo": "integer",
            "p_cd_dispositivos": "integer[]",
            "p_dt_registro_comeco": "timestamp with time zone",
            "p_dt_registro_fim": "timestamp with time zone",
            "p_page": "integer",
            "p_page_size": "integer",
            "p_cursor": "text",
            "p_coordenadas": "boolean",
            "p_exigir": "boolean",
        },
        True,
    ),
    "get_lista_dispositivos_resumo": (
        {
            "dt_registro_inicio": "timestamp with time zone",
            "dt_registro_fim": "timestamp with time zone",
            "cd_status": "text",
            "ds_uf": "text",
            "bl_area": "boolean",
            "nr_bateria_min": "double precision",
            "nr_bateria_max": "double precision",
            "cd_cliente": "integer",
            "cd_produto": "integer",
            "p_exigir": "boolean",
            "p_page_size": "integer",
            "p_cursor": "integer",
        },
        True,
    ),
    "get_movimento_pessoas_aggregation": (
        {
            "p_cd_produto": "integer",
            "p_dt_inicio": "timestamp with time zone",
            "p_dt_fim": "timestamp with time zone",
            "p_cd_dispositivos": "integer[]",
            "p_cd_cliente": "integer",
            "p_aggregation_type": "text",
            "p_fuso": "text",
        },
        True,
    ),
    "get_pessoas": (
        {
            "p_page_size": "integer",
            "p_cursor": "uuid",
        },
        False,
    ),
    "get_posicoes": (
        {
            "p_cd_dispositivo": "integer",
            "p_ds_lat": "double precision",
            "p_ds_long": "double precision",
            "p_nr_bat": "double precision",
            "p_dt_inicio": "timestamp with time zone",
            "p_dt_fim": "timestamp with time zone",
        },
        True,
    ),
    "get_posicoes_atuais": (
        {
            "p_cd_produto": "integer",
            "p_cd_dispositivos": "integer[]",
            "p_desde": "timestamp with time zone",
            "p_area": "jsonb",
        },
        True,
    ),
    "get_posicoes_geojson": (
        {
            "p_cd_produto": "integer",
            "p_cd_dispositivos": "integer[]",
            "p_desde": "timestamp with time zone",
            "p_area": "jsonb",
        },
        True,
    ),
    "get_produtos_completos": (
        {
            "p_cd_cliente": "integer",
            "p_ds_nome": "text",
            "p_cd_status": "text",
            "p_page_size": "integer",
            "p_cursor": "integer",
            "p_exigir": "boolean",
        },
        True,
    ),
    "get_produtos_por_status": (
        {
            "p_cd_produto": "integer",
            "p_cd_cliente": "integer",
        },
        True,
    ),
    "get_retencao": (
        {
            "p_cd_cliente": "integer",
        },
        False,
    ),
    "get_saude_series": ({}, True),
    "get_series": (
        {
            "p_dt_inicio": "timestamp with time zone",
            "p_dt_fim": "timestamp with time zone",
            "p_cd_sensores": "integer[]",
            "p_cd_dispositivo": "integer",
            "p_agg": "text",
            "p_limit": "integer",
            "p_max_points": "integer",
            "p_cursor": "text",
        },
        True,
    ),
    "get_somas_diarias": (
        {
            "p_dt_inicio": "timestamp with time zone",
            "p_dt_fim": "timestamp with time zone",
            "p_cd_cliente": "integer",
            "p_cd_produto": "integer",
            "p_cd_dispositivos": "integer[]",
            "p_cd_tipos_sensor": "bigint[]",
            "p_fuso": "text",
            "p_page_size": "integer",
            "p_cursor": "text",
        },
        True,
    ),
    "get_temperatura_aggregation": (
        {
            "p_cd_produto": "integer",
            "p_dt_inicio": "timestamp with time zone",
            "p_dt_fim": "timestamp with time zone",
            "p_cd_dispositivos": "integer[]",
            "p_cd_cliente": "integer",
            "p_aggregation_type": "text",
            "p_fuso": "text",
        },
        True,
    ),
    "get_trajeto": (
        {
            "p_cd_dispositivo": "integer",
            "p_dt_inicio": "timestamp with time zone",
            "p_dt_fim": "timestamp with time zone",
            "p_page_size": "integer",
            "p_cursor": "text",
            "p_exigir": "boolean",
        },
        True,
    ),
    "get_ultimos_valores": (
        {
            "p_cd_cliente": "integer",
            "p_cd_produto": "integer",
            "p_cd_dispositivos": "integer[]",
            "p_cd_tipos_sensor": "bigint[]",
            "p_page_size": "integer",
            "p_cursor": "text",
        },
        True,
    ),
    "importar_historico": (
        {
            "p_leituras": "jsonb",
            "p_validar": "boolean",
            "p_so_excecoes": "boolean",
        },
        False,
    ),
    "insert_device_messages": (
        {
            "p_readings": "jsonb",
            "p_mensagens": "jsonb",
        },
        False,
    ),
    "insert_device_reading": (
        {
            "p_cd_dispositivo": "integer",
            "p_nr_bat": "double precision",
            "p_nr_seq": "bigint",
            "p_dt_registro": "timestamp with time zone",
            "p_latitude": "double precision",
            "p_longitude": "double precision",
            "p_sensor_readings": "jsonb",
            "p_nr_precisao": "double precision",
            "p_meta": "jsonb",
        },
        False,
    ),
    "insert_device_readings": (
        {
            "p_readings": "jsonb",
            "p_validar": "boolean",
            "p_so_excecoes": "boolean",
        },
        False,
    ),
    "limitar_api_key": (
        {
            "p_cd_api_key": "uuid",
            "p_nr_limite_minuto": "integer",
            "p_nr_cota_diaria": "integer",
        },
        False,
    ),
    "mudar_cadastro": (
        {
            "p_cadastro": "text",
            "p_codigo": "integer",
            "p_dados": "jsonb",
            "p_versao": "text",
        },
        False,
    ),
    "mudar_pessoa": (
        {
            "p_id": "uuid",
            "p_papel": "text",
        },
        False,
    ),
    "mudar_retencao": (
        {
            "p_cd_cliente": "integer",
            "p_nr_dias_bruto": "integer",
            "p_nr_dias_1m": "integer",
            "p_nr_dias_5m": "integer",
            "p_nr_dias_1h": "integer",
        },
        False,
    ),
    "prever_retencao": (
        {
            "p_cd_cliente": "integer",
            "p_nr_dias_bruto": "integer",
            "p_nr_dias_1m": "integer",
            "p_nr_dias_5m": "integer",
            "p_nr_dias_1h": "integer",
        },
        False,
    ),
    "quarentenar_payload": (
        {
            "p_payload": "text",
            "p_nr_tamanho": "bigint",
            "p_hash": "text",
            "p_motivo": "text",
            "p_ds_erro": "text",
            "p_cd_cliente": "integer",
            "p_cd_dispositivo": "integer",
            "p_ds_topico": "text",
            "p_propriedades": "jsonb",
        },
        False,
    ),
    "registrar_posicao": (
        {
            "p_leitura": "jsonb",
        },
        False,
    ),
    "remover_pessoa": (
        {
            "p_id": "uuid",
        },
        False,
    ),
    "reprocessar_erros": (
        {
            "p_cd_erros": "bigint[]",
            "p_ds_motivo": "text",
            "p_nr_limite": "integer",
        },
        False,
    ),
    "reprocessar_payload": (
        {
            "p_cd_erro": "bigint",
            "p_readings": "jsonb",
            "p_messages": "jsonb",
        },
        False,
    ),
    "revogar_api_key": (
        {
            "p_cd_api_key": "uuid",
        },
        False,
    ),
    "revogar_convite": (
        {
            "p_id": "bigint",
        },
        False,
    ),
    "revogar_credencial": (
        {
            "p_cd_dispositivo": "integer",
            "p_cd_credencial": "uuid",
        },
        False,
    ),
    "rotacionar_api_key": (
        {
            "p_cd_api_key": "uuid",
            "p_nr_horas": "integer",
        },
        False,
    ),
    "vincular_item": (
        {
            "p_cd_produto": "integer",
            "p_cd_produto_item": "integer",
            "p_bl_vinculo": "boolean",
        },
        False,
    ),
}
