"""What the legacy application may send to a database that was switched, beside its usual reports."""

from typing import Any

from scripts.devkit.fleet.postgrest import Rest

# Coordinates that the legacy application sends, and what becomes of them. The old table took any text.
PLACES: list[tuple[Any, Any, tuple[str, str] | None]] = [
    ("-23.51234", "-46.61234", ("-23.51234", "-46.61234")),
    (" -1.5 ", "+2.", ("-1.50000", "2.00000")),
    ("", "", None),
    ("abc", "-46.6", None),
    ("NaN", "1e400", None),
    ("91", "0", None),
    ("-23.5", None, None),
    (None, None, None),
]


def send_to_the_new(door: Rest, moment: str, value: float) -> None:
    """A reading, as the new application sends it."""
    door.call(
        "insert_device_reading",
        p_cd_dispositivo=100,
        p_nr_bat=3.5,
        p_nr_seq=7,
        p_dt_registro=f"{moment}Z",
        p_sensor_readings=[{"cdSensor": 1001, "nrValor": value}],
    )


def send_to_the_old(door: Rest, moment: str, value: float) -> None:
    """The same, as the legacy application sends it when it knows the time."""
    position = {"cdDispositivo": 100, "nrBat": 3.5, "nrSeq": 7, "dtRegistro": moment}
    (row,) = door.insert("TbPosicao", position)
    reading = {"cdDispositivo": 100, "cdSensor": 1001, "cdPosicao": row["cdPosicao"], "nrValor": value}
    assert door.insert("TbSensorRegistro", [reading])
