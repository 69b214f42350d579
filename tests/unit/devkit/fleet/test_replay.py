"""Recorded files become elements, moved in time and otherwise as they are."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from scripts.devkit.console import Problem
from scripts.devkit.fleet import replay

ANCHOR = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HEADER = "".join(f"header {n}\r\n" for n in range(1, 7))


def write_track(folder: Path, name: str, *rows: str) -> None:
    (folder / name).write_text(HEADER + "".join(f"{row}\r\n" for row in rows), newline="")


def test_track_rows_become_fixes() -> None:
    text = HEADER + "39.984702,116.318417,0,492,39744.12,2008-10-23,02:53:04\r\n"
    assert replay.parse_plt(text) == [
        (datetime(2008, 10, 23, 2, 53, 4, tzinfo=UTC), {"latitude": 39.984702, "longitude": 116.318417})
    ]


def test_series_rows_become_readings_of_one_sensor() -> None:
    text = "timestamp,value\n2013-12-02 21:15:00,73.96732207\n2013-12-02 21:20:00,74.93588199999998\n"
    assert replay.parse_csv(text, 9051) == [
        (
            datetime(2013, 12, 2, 21, 15, tzinfo=UTC),
            {"sensores": [{"cdSensor": 9051, "nrValor": 73.96732207}]},
        ),
        (
            datetime(2013, 12, 2, 21, 20, tzinfo=UTC),
            {"sensores": [{"cdSensor": 9051, "nrValor": 74.93588199999998}]},
        ),
    ]


def test_files_of_one_person_are_one_device_and_end_together_at_the_anchor(tmp_path: Path) -> None:
    write_track(tmp_path, "007_2.plt", "1,2,0,0,0,2008-10-24,00:00:00")
    write_track(tmp_path, "007_1.plt", "3,4,0,0,0,2008-10-23,00:00:00", "5,6,0,0,0,2008-10-23,00:00:01")
    write_track(tmp_path, "008_1.plt", "7,8,0,0,0,1999-01-01,00:00:00")
    assert replay.load(tmp_path, ANCHOR) == [
        {"cdDispositivo": 901, "dtRegistro": "2026-02-28T12:00:00Z", "latitude": 3.0, "longitude": 4.0},
        {"cdDispositivo": 901, "dtRegistro": "2026-02-28T12:00:01Z", "latitude": 5.0, "longitude": 6.0},
        {"cdDispositivo": 901, "dtRegistro": "2026-03-01T12:00:00Z", "latitude": 1.0, "longitude": 2.0},
        {"cdDispositivo": 902, "dtRegistro": "2026-03-01T12:00:00Z", "latitude": 7.0, "longitude": 8.0},
    ]


def test_each_series_is_a_thermometer_with_its_own_shift(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("timestamp,value\n2014-01-01 00:00:00,2\n")
    (tmp_path / "a.csv").write_text("timestamp,value\n2013-01-01 00:00:00,1.5\n")
    assert replay.load(tmp_path, ANCHOR) == [
        {
            "cdDispositivo": code,
            "dtRegistro": "2026-03-01T12:00:00Z",
            "sensores": [{"cdSensor": sensor, "nrValor": value}],
        }
        for code, sensor, value in ((904, 9041, 1.5), (905, 9051, 2.0))
    ]


def test_a_folder_without_recordings_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="no readings"):
        replay.load(tmp_path, ANCHOR)


def test_more_people_than_replay_devices_is_a_problem(tmp_path: Path) -> None:
    for user in range(4):
        write_track(tmp_path, f"00{user}_1.plt", "1,2,0,0,0,2008-10-24,00:00:00")
    with pytest.raises(Problem, match="4 people"):
        replay.load(tmp_path, ANCHOR)


@pytest.mark.parametrize(
    "row", ["39.9,116.3", "north,116.3,0,0,0,2008-10-24,00:00:00", "1,2,0,0,0,24/10/2008,0"]
)
def test_another_format_is_named(tmp_path: Path, row: str) -> None:
    write_track(tmp_path, "000_1.plt", row)
    with pytest.raises(Problem, match=r"000_1\.plt"):
        replay.load(tmp_path, ANCHOR)


def test_the_anchor_chosen_is_a_whole_minute_that_has_passed() -> None:
    assert replay.chosen_anchor(datetime(2026, 3, 1, 12, 0, 59, 7, tzinfo=UTC)) == ANCHOR
