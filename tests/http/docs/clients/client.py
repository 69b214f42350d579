"""The first screen of a front end in Python, by the client made of the description; prints what it found."""

# mypy: ignore-errors
import json
import sys
from datetime import UTC, datetime, timedelta

from rastro_client import AuthenticatedClient
from rastro_client.api.data import get_data_points, get_latest_values
from rastro_client.api.dispositivos import get_dispositivos_codigo, patch_dispositivos
from rastro_client.api.eu import get_eu
from rastro_client.api.historico_pagina_dispositivo import get_historico
from rastro_client.api.summary import get_daily_sums
from rastro_client.api.tb_posicao_atual import get_posicoes_atuais
from rastro_client.models import (
    DataPoints,
    DispositivoChanges,
    GetDataPointsAgg,
    SeveralDataPoints,
)

base_url, token = sys.argv[1:]
client = AuthenticatedClient(base_url=base_url, token=token, raise_on_unexpected_status=True)
today = datetime.now(UTC)
days = {"dt_inicio": today - timedelta(days=2), "dt_fim": today + timedelta(hours=1)}

me = get_eu.sync(client=client)
every = get_posicoes_atuais.sync(client=client)
later = get_posicoes_atuais.sync(client=client, desde=every.next_desde)
device = every.data[0]
read = get_dispositivos_codigo.sync_detailed(device.cd_dispositivo, client=client)
version, wanted = read.headers["ETag"], DispositivoChanges(ds_obs="seen in Python")
changed = patch_dispositivos.sync(device.cd_dispositivo, client=client, body=wanted, if_match=version)
stale = patch_dispositivos.sync_detailed(device.cd_dispositivo, client=client, body=wanted, if_match=version)
erased = patch_dispositivos.sync(device.cd_dispositivo, client=client, body=DispositivoChanges(ds_obs=None))
latest = get_latest_values.sync(client=client, cd_dispositivos="7")
raw = {"client": client, "agg": GetDataPointsAgg.RAW, **days}
one = get_data_points.sync(cd_dispositivo=7, ds_ponto="temperatura", **raw)
several = get_data_points.sync(cd_dispositivo=7, **raw)
sums = get_daily_sums.sync(client=client, cd_dispositivos="7", **days)
history = get_historico.sync(7, client=client, page_size=1)
missing = get_dispositivos_codigo.sync_detailed(99_999, client=client)

print(
    json.dumps(
        {
            "role": me.role,
            "clients": [client.cd_cliente for client in me.clientes],
            "devices": len(every.data),
            "later": len(later.data),
            "is_recent": today - device.dt_alteracao < timedelta(hours=1),
            "notes": [changed.ds_obs, erased.ds_obs],
            "stale": [stale.status_code, stale.parsed.error_code],
            "latest": [row.cd_sensor for row in latest.data],
            "points": [isinstance(one, DataPoints), one.cd_sensor, isinstance(several, SeveralDataPoints)],
            "days": len(sums.dias),
            "history": history.total,
            "missing": [missing.status_code, missing.parsed.error_code],
        }
    )
)
