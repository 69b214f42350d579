"""What --cold promises (tests/_lib/cold.py): whatever is stored is packed at once, as other tests rely on."""

from datetime import UTC, datetime, timedelta

from tests._lib import cold, databases
from tests._lib.databases import Database
from tests.db import _lab, _packing, _rollups
from tests.db._strategies import iso


# Seen to fail: with rollups of hours left out.
def test_nothing_stays_a_row(template: Database) -> None:
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=9)
    with databases.clone(template) as database:
        cold.prepare(database)
        with _lab.opened(database) as lab:
            _rollups.forget(lab, 100)
            for hours, seconds in ((0, range(20)), (1, range(40)), (0, range(20, 40))):
                lab.gateway.ingest(
                    [
                        {
                            "cdDispositivo": 1,
                            "dtRegistro": iso(start + timedelta(hours=hours, seconds=n)),
                            "nrBat": 3.5,
                            "sensores": [{"cdSensor": 11, "nrValor": n}],
                        }
                        for n in seconds
                    ]
                )
            _rollups.settle(lab)
            assert _packing.packed(lab) == (80, 80)
            assert _packing.packed_rollups(lab) == {1: 2, 5: 2, 60: 2}
            for table in ("TbPosicao", "TbSensorRegistro", *(name for _, name, _ in _packing.TIERS)):
                assert lab.sql(f'select count(*) from series."{table}"') == [(0,)], table
            assert lab.sql(
                'select count(*) from "TbPosicao" join "TbSensorRegistro" using ("cdPosicao")'
            ) == [(80,)]
