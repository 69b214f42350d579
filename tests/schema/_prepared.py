"""A legacy database that is prepared for its conversion."""

import re
from typing import Any

from scripts.devkit.convert import ground
from scripts.devkit.schema.sources import all_objects
from tests._lib.databases import Database
from tests._lib.legacy import owner

SERIES = (
    "TbPosicao|TbSensorRegistro|TbSensorRegistro1m|TbSensorRegistro5m|TbSensorRegistro1h|TbSensorRegistro1d|"
    "TbContagemDiaria"
)
_MOVED = re.compile(rf'public\."((?:{SERIES})(?:_cd\w+_seq)?)"')


def prepare(database: Database) -> None:
    with owner(database) as cursor:
        _early(cursor)
        ground.lay(cursor)


def _early(cursor: Any) -> None:
    cursor.execute("select relname from pg_class where relnamespace = 'public'::regnamespace")
    old = {name for (name,) in cursor.fetchall()} - set(SERIES.split("|"))
    cursor.execute("begin; set local check_function_bodies = off; create schema series")
    for path in all_objects():
        stage, name = path.parent.name, path.stem
        text = path.read_text()
        if (
            stage in ("rpc", "views", "policies", "actions")
            or name in old
            or name in ("status", "unidade", "role")
        ):
            continue
        if stage == "triggers" and any(f'on public."{one}"' in text for one in old):
            continue
        if (stage == "triggers" and "auth.users" in text) or "inventario" in text:
            continue
        text = _MOVED.sub(r'series."\1"', text)
        if stage == "functions" and name in ("create_partition",):
            text = text.replace("public.%I", "series.%I")
        cursor.execute(text)
    cursor.execute("commit")
