"""Ways in which rows are looked for, and what each may read: for test_plans and test_indexes."""

from dataclasses import dataclass
from datetime import timedelta

from tests.db._fleet import CLIENT
from tests.db._strategies import NOON

# A search reads of these what its entry allows and no more. Others (clients, devices, sites, products) are
# small: policies read them whole, once for each statement. What a policy reads to find out who calls (three
# pages, and one for what is kept of that) counts for the table that it protects.
LARGE = {
    "TbPosicao", "TbSensorRegistro", "TbSensorRegistro1m", "TbSensorRegistro5m", "TbSensorRegistro1h",
    "TbSensorRegistro1d", "TbContagemDiaria", "TbRollupPendente", "TbPosicaoAtual", "TbEndereco",
    "TbIngestaoErro", "TbAuditoria", "TbCalendario",
}  # fmt: skip
EVERY = 17  # partitions, of which four have rows

_SINCE, _UNTIL = (f"'{NOON - timedelta(days=days):%F %T}'" for days in (20, 10))
_KEY = "'00000000-0000-4000-8000-000000000007'"
_WINDOW = f'"dtRegistro" >= {_SINCE} and "dtRegistro" < {_UNTIL}'
_ASKED = f"p_dt_registro_comeco => {_SINCE}, p_dt_registro_fim => {_UNTIL}"
_MOMENT = f"{_UNTIL}::timestamp - interval '1050 s'"  # when 1050 reported
_NEAR = 'extensions.st_dwithin("geoPonto", extensions.st_point(-58, -23)::extensions.geography, 50000)'
_DEVICE_TIME = "TbPosicao_cdDispositivo_dtRegistro_nrSeq_cdCliente_key"
_SENSOR_TIME = "TbSensorRegistro_pkey"
_PROBES = 3 * EVERY  # of one index in each partition

_DAY_OF_VALUES = f'"dtRegistro" >= {_UNTIL} and "dtRegistro" < {_UNTIL}::timestamp + interval \'1 day\''
_BUCKETS = f'"dtBucket" >= {_UNTIL}::timestamp - interval \'2 days\' and "dtBucket" < {_UNTIL}'


def _ask(view: str, window: str, time: str, limit: int) -> str:
    """As PostgREST asks a view for a sensor's newest rows."""
    condition = f"and {window}" if window else ""
    found = f'select * from "{view}" where "cdSensor" = 10502 {condition}'
    return f'{found} order by "{time}" desc limit {limit}'


def _each(view: str, time: str) -> str:
    """As PostgREST embeds the newest row of each of a hundred sensors."""
    return f"""
        select s."cdSensor", v.* from "TbSensor" s
        cross join lateral (
          select * from "{view}" v where v."cdSensor" = s."cdSensor" order by v."{time}" desc limit 1) v
        where s."cdDispositivo" between 1050 and 1099 and s."cdTipoSensor" in (2, 4)"""


_FEW_DEVICES = "1050, 1051, 1052, 1053, 1054"
_OF_EACH = {"TbSensorRegistro": 100 * 5, "TbRollupPendente": 100 * 5}
_HISTORY_READS = {
    "TbPosicao": 40, "TbSensorRegistro": 90, "TbContagemDiaria": 60, "TbRollupPendente": 6, "TbEndereco": 40,
}  # fmt: skip


@dataclass(frozen=True)
class Search:
    """A way in which rows are looked for.

    index: what finds them; None: they lie in few partitions, and those are read.
    reads: pages of each table at most; of other large tables none.
    partitions: how many of the first table in `reads` are looked into at most.
    answers: the index that was planned for it in the refactoring, phase 1; why: what stands in its place.
    """

    name: str
    statement: str
    index: str | None
    reads: dict[str, int]
    partitions: int | None = None
    who: str = "reader"
    answers: str = ""
    why: str = ""


SEARCHES = (
    # What the plan of the refactoring wants
    Search(
        "a device's reports in a window",
        f'select * from "TbPosicao" where "cdDispositivo" = 1050 and {_WINDOW} '
        'order by "dtRegistro" desc limit 50',
        _DEVICE_TIME, {"TbPosicao": 20}, partitions=2,
        answers="idx_tbposicao_dispositivo_dtregistro", why="the unique key has its columns",
    ),
    Search(
        "a device's latest report",
        'select * from "TbPosicao" where "cdDispositivo" = 1050 order by "dtRegistro" desc limit 1',
        _DEVICE_TIME, {"TbPosicao": _PROBES},
        answers="idx_tbposicao_dispositivo_dtregistro", why="the unique key, read backwards",
    ),
    Search(
        "a page of a device's history",
        f"select get_historico_paginado(p_cd_dispositivo => 1050, {_ASKED})",
        _DEVICE_TIME,
        {"TbPosicao": 60, "TbSensorRegistro": 60, "TbEndereco": 30, "TbContagemDiaria": 20,
         "TbRollupPendente": 4},
        partitions=2,
        answers="idx_tbposicao_dispositivo_dtregistro", why="the unique key, for the page",
    ),
    Search(
        "a sensor's hours over ten days",
        f"select get_data_points(10504, {_SINCE}, {_UNTIL}, '1h')",
        "TbSensorRegistro1h_chave",
        {"TbSensorRegistro1h": 30, "TbSensorRegistro": 3 * _PROBES, "TbRollupPendente": 4}, partitions=2,
    ),
    Search(
        "hours of three sensors over ten days",
        f"select get_series({_SINCE}, {_UNTIL}, array[10502, 10504, 10512], p_agg => '1h')",
        "TbSensorRegistro1h_chave",
        {"TbSensorRegistro1h": 90, "TbSensorRegistro": 9 * _PROBES, "TbRollupPendente": 12}, partitions=2,
    ),
    Search(
        "a device's sensor by its name",
        'select * from "TbSensor" where "cdDispositivo" = 1050 and "dsPonto" = \'x\'',
        "TbSensor_cdDispositivo_dsPonto_key", {"TbSensor": 2},
    ),
    Search(
        "the latest values of fifty devices",
        "select get_ultimos_valores(p_cd_dispositivos => array(select generate_series(1050, 1099)), "
        "p_cd_tipos_sensor => '{2,4}')",
        _SENSOR_TIME, {"TbSensorRegistro": 100 * 11, "TbTipoSensor": 10, "TbSensor": 130},
    ),
    Search(
        "sums by day of fifty devices over ten days",
        f"select get_somas_diarias({_SINCE}, {_UNTIL}, "
        "p_cd_dispositivos => array(select generate_series(1050, 1099)), p_cd_tipos_sensor => '{4}')",
        "TbSensorRegistro1d_chave",
        {"TbSensorRegistro1d": 450, "TbSensorRegistro1h": 350, "TbSensorRegistro": 500,
         "TbRollupPendente": 300},
        partitions=2,
    ),
    Search(
        "the total of a device's history",
        """select private.count_history(array[row(1050, null, null)::private.history_target], null, """
        f"{_SINCE}, {_UNTIL})",
        "TbContagemDiaria_pkey", {"TbContagemDiaria": 20, "TbPosicao": 2 * _PROBES, "TbRollupPendente": 4},
    ),
    Search(
        "where a device is now",
        'select * from "VwTbPosicaoAtual" where "cdDispositivo" = 1050',
        "TbPosicaoAtual_pkey", {"TbPosicaoAtual": 7, "TbEndereco": 10, "TbPosicao": _PROBES}, who="service",
        answers="idx_tbposicao_dispositivo_cdposicao",
        why="TbPosicaoAtual keeps one row a device; the latest is so by time, not by code",
    ),
    Search(
        "where two devices are now",
        "select get_posicoes_atuais(p_cd_dispositivos => array[1050, 1051])",
        "TbPosicaoAtual_pkey", {"TbPosicaoAtual": 20, "TbEndereco": 10, "TbPosicao": 2 * _PROBES},
        who="service",
        answers="idx_tbposicao_dispositivo_cdposicao", why="as before",
    ),
    Search(
        "where the devices of a product are now",
        "select get_posicoes_atuais(p_cd_produto => 1005)",
        "TbDispositivo_cdProduto_idx",
        {"TbDispositivo": 15, "TbPosicaoAtual": 80, "TbEndereco": 80, "TbPosicao": 20 * _PROBES},
        answers="idx_tbposicao_dispositivo_cdposicao", why="from its devices to TbPosicaoAtual by key",
    ),
    Search(
        "the fleet of a product",
        "select get_frota(p_cd_produto => 1005)",
        "TbDispositivo_cdProduto_idx",
        {"TbDispositivo": 15, "TbPosicaoAtual": 80, "TbEndereco": 80, "TbPosicao": 20 * _PROBES},
        answers="idx_tbposicao_dispositivo_cdposicao", why="from its devices to TbPosicaoAtual by key",
    ),
    Search(
        "where all devices of a client are now",
        'select * from "TbPosicaoAtual"',
        "TbPosicaoAtual_cdCliente_idx", {"TbPosicaoAtual": 25},
        answers="idx_tbposicao_dispositivo_cdposicao", why="by the column that the policy compares",
    ),
    Search(
        "where all devices of a client are now, with addresses",
        'select * from "VwTbPosicaoAtual"',
        "TbPosicaoAtual_cdCliente_idx", {"TbPosicaoAtual": 25, "TbEndereco": 1000, "TbPosicao": 1000},
        answers="idx_tbposicao_dispositivo_cdposicao", why="as before",
    ),
    Search(
        "reports at an address",
        f'select * from "TbPosicao" where "cdEndereco" = {4001 + 1050 * 7 % 3000}',
        "TbPosicao_cdEndereco_idx", {"TbPosicao": _PROBES},
        answers="idx_tbposicao_cdendereco", why="only of reports that have one: few do",
    ),
    Search(
        "everybody's reports in a window",
        f'select * from "TbPosicao" where {_WINDOW} order by "dtRegistro" desc limit 50',
        None, {"TbPosicao": 1000}, partitions=2,
        answers="idx_tbposicao_dtregistro", why="partitions outside the window are left out",
    ),
    Search(
        "a page of the history of several devices",
        f"select get_historico_paginado(p_cd_cliente => {CLIENT}, {_ASKED}, "
        "p_cd_dispositivos => array[1050, 1051, 1052])",
        _DEVICE_TIME,
        {"TbPosicao": 120, "TbSensorRegistro": 190, "TbEndereco": 60, "TbContagemDiaria": 40,
         "TbRollupPendente": 12},
        partitions=2,
        answers="idx_tbposicao_dtregistro", why="each device by the unique key, then merged",
    ),
    Search(
        "a sensor's readings in a window",
        f'select * from "TbSensorRegistro" where "cdSensor" = 10504 and {_WINDOW} order by "dtRegistro" desc',
        _SENSOR_TIME, {"TbSensorRegistro": 20}, partitions=2,
        answers="idx_tbsensorregistro_sensor_dtregistro", why="the primary key has its columns",
    ),
    Search(
        "a sensor's latest reading",
        'select * from "TbSensorRegistro" where "cdSensor" = 10504 order by "dtRegistro" desc limit 1',
        _SENSOR_TIME, {"TbSensorRegistro": _PROBES},
        answers="idx_tbsensorregistro_sensor_dtregistro", why="the primary key, read backwards",
    ),
    Search(
        "the readings of a position",
        'select r.* from "TbPosicao" p join "TbSensor" s on s."cdDispositivo" = p."cdDispositivo" '
        'join "TbSensorRegistro" r on r."cdSensor" = s."cdSensor" and r."dtRegistro" = p."dtRegistro" '
        f'where p."cdPosicao" = 1050005 and p."dtRegistro" = {_MOMENT}',
        _SENSOR_TIME, {"TbSensorRegistro": 20, "TbPosicao": 10}, partitions=1,
        answers="idx_tbsensorregistro_posicao_dispositivo",
        why="a position and its readings have one time: the device's sensors at that time, by the primary "
        "key; by cdPosicao alone nothing finds them, an index more would cost every reading",
    ),
    Search(
        "everybody's readings in a window",
        f'select * from "TbSensorRegistro" where {_WINDOW}',
        None, {"TbSensorRegistro": 1700}, partitions=2,
        answers="idx_tbsensorregistro_dtregistro", why="partitions outside the window are left out",
    ),
    Search(
        "a device's sensors of a type",
        'select * from "TbSensor" where "cdDispositivo" = 1001 and "cdTipoSensor" = 4',
        "TbSensor_cdDispositivo_cdTipoSensor_idx", {"TbSensor": 5},
        answers="idx_tbsensor_dispositivo_tiposensor", why="as the seed has it",
    ),
    # What is looked for besides
    Search(
        "a position by its code", 'select * from "TbPosicao" where "cdPosicao" = 1050005',
        "TbPosicao_pkey", {"TbPosicao": _PROBES},
    ),
    Search(
        "a reading that is sent again",
        "select insert_device_readings(jsonb_build_array(jsonb_build_object('cdDispositivo', 1050, "
        f"'dtRegistro', {_MOMENT}, 'nrBat', 3.5, 'sensores', "
        "jsonb_build_array(jsonb_build_object('cdSensor', 10504, 'nrValor', 4)))))",
        _DEVICE_TIME, {"TbPosicao": 40, "TbSensorRegistro": 40, "TbEndereco": 10}, partitions=1,
        who="gateway",
    ),
    Search(
        "whether a device has history", 'delete from "TbDispositivo" where "cdDispositivo" = 4',
        _DEVICE_TIME, {"TbPosicao": _PROBES, "TbPosicaoAtual": 5, "TbAuditoria": 20}, who="service",
    ),
    Search(
        "whether a sensor has history", 'delete from "TbSensor" where "cdSensor" = 21',
        _SENSOR_TIME, {"TbSensorRegistro": _PROBES, "TbAuditoria": 20}, who="owner",
    ),
    Search(
        "which devices a caller manages", 'delete from "TbSensor" where "cdSensor" = 21',
        "TbSensor_pkey", {"TbSensor": 60, "TbCliente": 100, "TbSensorRegistro": _PROBES, "TbAuditoria": 20},
        who="service",
    ),
    Search(
        "whether an address has history", 'delete from "TbEndereco" where "cdEndereco" = 7001',
        "TbPosicao_cdEndereco_idx", {"TbPosicao": 2 * _PROBES, "TbEndereco": 150, "TbAuditoria": 20},
        who="service",
    ),
    Search(
        "the addresses of a state", """select * from "TbEndereco" where "dsUF" = 'U50'""",
        "TbEndereco_dsUF_idx", {"TbEndereco": 30, "TbPosicao": 15 * _PROBES},
    ),
    Search(
        "an address by its coordinates",
        'select * from "TbEndereco" where "dsLat" between -23.01 and -22.99 '
        'and "dsLong" between -58.01 and -57.79',
        "TbEndereco_dsLat_dsLong_idx", {"TbEndereco": 10, "TbPosicao": 5 * _PROBES},
    ),
    Search(
        "addresses near a point", f'select * from "TbEndereco" where {_NEAR}',
        "TbEndereco_geoPonto_idx", {"TbEndereco": 20}, who="owner",
    ),
    Search(
        "devices near a point", f'select * from "TbPosicaoAtual" where {_NEAR}',
        "TbPosicaoAtual_geoPonto_idx", {"TbPosicaoAtual": 30}, who="owner",
    ),
    Search(
        "devices near a point, asked by a caller", f'select * from "TbPosicaoAtual" where {_NEAR}',
        "TbPosicaoAtual_cdCliente_idx", {"TbPosicaoAtual": 25},
        why="the caller's devices first, then their distance: st_dwithin is not leakproof, so policies are "
        "asked before it, whatever index there is",
    ),
    *(
        Search(
            f"devices in a {name}", f"select get_posicoes_atuais(p_area => '{area}')",
            "TbPosicaoAtual_geoPonto_idx", {"TbPosicaoAtual": 40, "TbCliente": 20, "TbEndereco": 120},
        )
        for name, area in {
            "circle": '{"circulo": [-23, -58, 1000]}',
            "box": '{"caixa": [-23.01, -58.01, -22.99, -57.99]}',
            "polygon": '{"poligono": {"type": "Polygon", "coordinates": '
            "[[[-58.01, -23.01], [-57.99, -23.01], [-58, -22.99], [-58.01, -23.01]]]}}",
        }.items()
    ),
    Search(
        "a client's devices by status",
        f"""select * from "TbDispositivo" where "cdCliente" = {CLIENT} and "cdStatus" = 'suspenso'""",
        "TbDispositivo_cdCliente_cdStatus_idx", {"TbDispositivo": 15},
    ),
    Search(
        "a device's positions as they are stored",
        f"select get_posicoes(1050, p_dt_inicio => {_SINCE}, p_dt_fim => {_UNTIL})",
        _DEVICE_TIME, {"TbPosicao": 20}, partitions=2,
    ),
    Search(
        "all of a device's history",
        f"select get_historico_completo(null, 1050, {_SINCE}, {_UNTIL})",
        _DEVICE_TIME, _HISTORY_READS, partitions=2,
    ),
    Search(
        "all readings of a device's history",
        f"select get_historico_leituras(null, 1050, {_SINCE}, {_UNTIL})",
        _DEVICE_TIME, _HISTORY_READS, partitions=2,
    ),
    Search(
        "a device's site and where it is", "select get_dados_dispositivos(1050)",
        "TbPosicaoAtual_pkey", {"TbPosicaoAtual": 7, "TbEndereco": 6},
    ),
    Search(
        "how a device gets on", 'select * from "VwSaudeFrota" where "cdDispositivo" = 1050',
        _DEVICE_TIME, {"TbPosicao": 40, "TbPosicaoAtual": 10, "TbSensorRegistro": 80}, partitions=2,
    ),
    Search(
        "the newest in quarantine", "select get_erros_ingestao()",
        "TbIngestaoErro_pkey", {"TbIngestaoErro": 300}, who="admin",
    ),
    Search(
        "what has been in quarantine long enough", "select private.expire_quarantine()",
        "TbIngestaoErro_dtExpiracao_idx", {"TbIngestaoErro": 200}, who="owner",
    ),
    Search(
        "old entries of maintenance's log", "select private.expire_quarantine()",
        "TbManutencaoExecucao_dtInicio_idx", {"TbManutencaoExecucao": 18, "TbIngestaoErro": 200}, who="owner",
    ),
    Search(
        "the last failures of a step of maintenance",
        """select * from "TbManutencaoExecucao" where "dsPasso" = 'step1' and "dsErro" is not null """
        'order by "dtInicio" desc limit 10',
        "TbManutencaoExecucao_falha_idx", {"TbManutencaoExecucao": 20}, who="owner",
    ),
    Search(
        "runs of maintenance that did nothing",
        """delete from "TbManutencaoExecucao" where "dtInicio" < now() - interval '2 days' """
        'and "nrLinhas" = 0 and "dsErro" is null',
        "TbManutencaoExecucao_ociosa_idx", {"TbManutencaoExecucao": 120}, who="owner",
    ),
    *(
        Search(
            f"a sensor's rollups of {width}",
            f'select * from series."TbSensorRegistro{width}" where "cdSensor" = {sensor} '
            f'and "dtBucket" >= {_SINCE} and "dtBucket" < {_UNTIL}',
            f"TbSensorRegistro{width}_chave", {f"TbSensorRegistro{width}": 80}, partitions=2, who="owner",
        )
        for width, sensor in (("1m", 900_100), ("5m", 900_100), ("1h", 10_502), ("1d", 10_502))
    ),
    *(
        Search(
            f"hours with marks of a {what}",
            f'select * from private."TbRollupPendente" where "{column}" = 900100 and "dtHora" < {_UNTIL}',
            f"TbRollupPendente_{column}_dtHora_idx", {"TbRollupPendente": 6}, who="owner",
        )
        for what, column in (("sensor", "cdSensor"), ("device", "cdDispositivo"))
    ),
    Search(
        "a client's newest audit entries",
        'select * from "TbAuditoria" where "cdCliente" = 11 order by "dtRegistro" desc limit 50',
        "TbAuditoria_cdCliente_dtRegistro_idx", {"TbAuditoria": 80}, who="service",
    ),
    Search(
        "a client's newest in quarantine",
        'select * from "TbIngestaoErro" where "cdCliente" = 1 order by "cdErro" desc limit 20',
        "TbIngestaoErro_cdCliente_cdErro_idx", {"TbIngestaoErro": 30}, who="owner",
    ),
    Search(
        "what gives way in a full quarantine",
        """select * from "TbIngestaoErro" where coalesce("cdCliente", 0) = 1 and "dsOrigem" = 'x' """
        'order by "cdErro" limit 5',
        "TbIngestaoErro_dsOrigem_idx", {"TbIngestaoErro": 12}, who="owner",
    ),
    Search(
        "what changed in the quarantine of a client",
        """select * from private."TbQuarentenaMudanca" where "cdCliente" = 15""",
        "TbQuarentenaMudanca_cdCliente_idx", {"TbQuarentenaMudanca": 12}, who="owner",
    ),
    Search(
        "who has most in a quarantine",
        'select * from private."TbQuarentenaOrigem" where "cdCliente" = 15 '
        'order by "nrErros" desc, "nrOrdem" limit 5',
        "TbQuarentenaOrigem_nrErros_idx", {"TbQuarentenaOrigem": 12}, who="owner",
    ),
    Search(
        "the keys of a client", 'select * from "TbApiKeys" where "cdCliente" = 11',
        "TbApiKeys_cdCliente_idx", {"TbApiKeys": 12}, who="owner",
    ),
    Search(
        "the keys that a key made", f'select * from "TbApiKeys" where "cdApiKeyMae" = {_KEY}',
        "TbApiKeys_cdApiKeyMae_idx", {"TbApiKeys": 12}, who="owner",
    ),
    Search(
        "the keys whose text a person was given", f'select * from "TbApiKeys" where "cdPortador" = {_KEY}',
        "TbApiKeys_cdPortador_idx", {"TbApiKeys": 12}, who="owner",
    ),
    Search(
        "the logins that a key made", f'select * from "TbDispositivoCredencial" where "cdApiKey" = {_KEY}',
        "TbDispositivoCredencial_cdApiKey_idx", {"TbDispositivoCredencial": 12}, who="owner",
    ),
    Search(
        "the tickets of a caller", """select * from private."TbBilhete" where "dsChamador" = 'user:7'""",
        "TbBilhete_dsChamador_idx", {"TbBilhete": 12}, who="owner",
    ),
    # What dashboards ask of views
    Search(
        "the newest value of a sensor", _ask("VwSensorRegistro", "", "dtRegistro", 1),
        _SENSOR_TIME, {"TbSensorRegistro": 3 * EVERY},
    ),
    Search(
        "the values of a sensor in a window", _ask("VwSensorRegistro", _WINDOW, "dtRegistro", 100),
        _SENSOR_TIME, {"TbSensorRegistro": 20}, partitions=2,
    ),
    Search(
        "the values of some sensors in a window",
        f"""select * from "VwSensorRegistro" where "cdSensor" in (10502, 10504, 10512) and {_WINDOW}""",
        _SENSOR_TIME, {"TbSensorRegistro": 60}, partitions=2,
    ),
    Search(
        "a client's values in a window",
        f"""select * from "VwSensorRegistro" where "cdCliente" = {CLIENT} and {_DAY_OF_VALUES}""",
        None, {"TbSensorRegistro": 1100}, partitions=1,
    ),
    *(
        Search(
            f"{what} of {view} by {width}",
            _ask(f"{view}{width}", window, "dtBucket", limit),
            _SENSOR_TIME if width in ("1m", "5m") else f"TbSensorRegistro{width}_chave",
            {
                "TbSensorRegistro": 260,
                f"TbSensorRegistro{width}": 120,
                "TbSensorRegistro1h": 120,
                "TbRollupPendente": 24,  # of the caller's clients only
                "TbCalendario": 280,
            },
        )
        for view in ("TbSensorRegistro", "VwSensorRegistro")
        for width in ("1m", "5m", "1h")
        for what, window, limit in (("a sensor's window", _BUCKETS, 1000), ("the newest buckets", "", 3))
    ),
    Search(
        "a client's dirty hours", 'select "cdSensor", "dtHora" from private."TbRollupPendente"',
        "TbRollupPendente_cdCliente_idx", {"TbRollupPendente": 4},
    ),
    Search(
        "where a device is, by the view", 'select * from "VwTbPosicaoAtual" where "cdDispositivo" = 1050',
        "TbPosicaoAtual_pkey", {"TbPosicaoAtual": 7, "TbEndereco": 6},
    ),
    Search(
        "where devices are, by the view",
        'select * from "VwRelDadosDispositivo" where "cdDispositivo" in (1050, 1051, 1052)',
        "TbPosicaoAtual_pkey", {"TbPosicaoAtual": 14, "TbEndereco": 24},
    ),
    Search(
        "where the devices of a product are, by the view",
        'select * from "VwRelDadosDispositivo" where "cdProduto" = 1005 order by "dtRegistro" desc limit 10',
        "TbDispositivo_cdProduto_idx",
        {"TbDispositivo": 15, "TbPosicaoAtual": 70, "TbEndereco": 200, "TbProduto": 70,
         "TbDestinatario": 120},
    ),
    Search(
        "which devices of a product are outside", 'select * from "VwProdutosFora" where "cdProduto" = 1005',
        "TbDispositivo_cdProduto_idx", {"TbDispositivo": 15, "TbPosicaoAtual": 70},
    ),
    Search(
        "products with most devices outside",
        'select * from "VwProdutosFora" order by dispositivo_count desc limit 10',
        "TbPosicaoAtual_cdCliente_idx", {"TbPosicaoAtual": 25, "TbDispositivo": 60},
    ),
    Search(
        "a product with its picture and devices",
        'select * from "VwProdutoCompleto" where "cdProduto" = 1005',
        "TbDispositivo_cdProduto_idx",
        {"TbDispositivo": 45, "TbSensor": 110, "TbProduto": 10, "TbImagens": 5},
    ),
    Search(
        "a page of products with pictures and devices",
        'select * from "VwProdutoCompleto" order by "cdProduto" desc limit 3',
        "TbDispositivo_cdProduto_idx", {"TbDispositivo": 450, "TbSensor": 320, "TbProduto": 60},
    ),
    *(
        Search(
            f"devices of a product, by {view}", f'select * from "{view}" where "cdProduto" = 1005',
            "TbDispositivo_cdProduto_idx", {"TbDispositivo": 15, "TbProduto": 10},
        )
        for view in ("VwTbProdutoTipo", "VwTbProdutoTotal", "VwTbProdutoTotalStatus")
    ),
    *(
        Search(
            f"a client's devices, by {view}",
            f'select * from "{view}" where "cdCliente" = {CLIENT} order by "cdProduto" limit 20',
            "TbDispositivo_cdCliente_cdStatus_idx", {"TbDispositivo": 20, "TbProduto": 260},
        )
        for view in ("VwTbProdutoTotal", "VwTbProdutoTotalStatus")
    ),
    Search(
        "the site of a device", 'select * from "VwTbDestinatarioDispositivo" where "cdDispositivo" = 1050',
        "TbDispositivo_pkey", {"TbDispositivo": 7, "TbDestinatario": 35, "TbEndereco": 6},
    ),
    Search(
        "the devices of a site", 'select * from "VwTbDestinatarioDispositivo" where "cdDestinatario" = 1050',
        "TbDispositivo_cdDestinatario_idx", {"TbDispositivo": 7, "TbDestinatario": 35, "TbEndereco": 6},
    ),
    Search(
        "the health of some devices",
        f'select * from "VwSaudeFrota" where "cdDispositivo" in ({_FEW_DEVICES})',
        _DEVICE_TIME, {"TbPosicao": 150, "TbPosicaoAtual": 40, "TbSensorRegistro": 300}, partitions=2,
    ),
    Search(
        "the newest history of a device, by the view",
        'select * from "VwRelHistoricoDispositivoProduto" where "cdDispositivo" = 1050 '
        'order by "dtRegistro" desc limit 3',
        _DEVICE_TIME, {"TbPosicao": 80, "TbSensorRegistro": 700, "TbEndereco": 80},
    ),
    Search(
        "the history of some devices in a window, by the view",
        f'''select * from "VwRelHistoricoDispositivoProduto" where "cdDispositivo" in ({_FEW_DEVICES})
            and {_WINDOW}''',
        _DEVICE_TIME, {"TbPosicao": 80, "TbSensorRegistro": 360, "TbEndereco": 160}, partitions=2,
    ),
    Search(
        "the newest values of many sensors, each by itself", _each("VwSensorRegistro", "dtRegistro"),
        _SENSOR_TIME, {"TbSensorRegistro": 100 * 3 * EVERY},
    ),
    *(
        Search(
            f"the newest bucket of many sensors of the view by {width}, each by itself",
            _each(f"VwSensorRegistro{width}", "dtBucket"), f"TbSensorRegistro{width}_chave",
            {f"TbSensorRegistro{width}": 100 * 3 * EVERY, **_OF_EACH},
        )
        for width in ("1h",)
    ),
    Search(
        "a device's history, by the view",
        f"""select * from "VwRelHistoricoDispositivoProduto" where "cdDispositivo" = 1050 and {_WINDOW}
            order by "dtRegistro" desc limit 100""",
        _DEVICE_TIME, {"TbPosicao": 20, "TbSensorRegistro": 90, "TbEndereco": 40}, partitions=2,
    ),
)  # fmt: skip

# What the plan of the refactoring indexes in phase 1.
WANTED = {
    "idx_tbposicao_dispositivo_dtregistro", "idx_tbposicao_dispositivo_cdposicao", "idx_tbposicao_cdendereco",
    "idx_tbposicao_dtregistro", "idx_tbsensorregistro_sensor_dtregistro",
    "idx_tbsensorregistro_posicao_dispositivo", "idx_tbsensorregistro_dtregistro",
    "idx_tbsensor_dispositivo_tiposensor",
}  # fmt: skip
