"""What devices send of their batteries, in their units, becomes volts."""

import pytest

from tests.db._lab import Lab
from tests.db._strategies import NOON, iso


# Seen to fail: before devices had a unit; 1.7e308 % with a product before the comparison (it overflowed).
@pytest.mark.parametrize(
    ("unit", "sent", "volts"),
    [
        ("V", 3.7, 3.7), ("V", 0, 0), ("V", 60, 60), ("V", -1, None), ("V", 60.001, None), ("V", 87, None),
        ("V", 3700, None), ("V", 1e308, None), ("mV", 3700, 3.7), ("mV", 60_000, 60), ("mV", 60_001, None),
        ("mV", -0.5, None), ("mV", 2.3e-308, 0), ("%", 87, 3.219), ("%", 100, 3.7), ("%", 0, 0),
        ("%", 1.7e308, None), ("%", -1, None),
    ],
)  # fmt: skip
def test_volts_are_stored(lab: Lab, unit: str, sent: float, volts: float | None) -> None:
    lab.sql('update "TbDispositivo" set "cdUnidadeBat" = %s where "cdDispositivo" = 1', unit)
    try:
        element = {"cdDispositivo": 1, "dtRegistro": iso(NOON), "nrBat": sent}
        (first,), (again,) = (lab.gateway.ingest([element])["results"] for _ in range(2))
        rows = [table for table in ("TbPosicao", "TbPosicaoAtual") if lab.sql(f'select 1 from "{table}"')]
        if volts is None:
            assert (first["error_code"], rows) == ("INVALID_VALUE", [])
            assert f"{unit} is not 0 to 60 V; cdUnidadeBat" in first["error"]
        else:
            assert (first["verdict"], again["verdict"]) == ("stored", "duplicate")
            for table in rows:
                assert lab.sql(f'select "nrBat" from "{table}"') == [(pytest.approx(volts),)]
    finally:
        lab.sql("""update "TbDispositivo" set "cdUnidadeBat" = 'V' where "cdDispositivo" = 1""")
