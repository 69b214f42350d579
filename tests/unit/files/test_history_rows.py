"""Rows of an imported table as readings."""

from typing import Any

import pytest

from app.files.bounds import NoTable
from app.files.exports.tables import _defused, restored
from app.files.history.columns import meanings
from app.files.history.readings import Options, Table
from app.files.imports import from_csv


def table(text: str, **options: Any) -> Table:
    return Table(from_csv(text.encode(), 5000), Options(**options))


# Seen to fail: when a row that cannot be read does not mark its reading.
def test_a_reading_is_taken_as_a_whole() -> None:
    found = table(
        "cdDispositivo;dtRegistro;latitude;ponto:a\n"
        "7;2025-01-01T00:00:00Z;;1\n7;2025-01-01T00:00:00Z;1.234;\n8;2025-01-01T00:00:00Z;1,5;2,5\n",
        commas=True,
    )
    assert found.elements() == [
        {
            "cdDispositivo": 8,
            "dtRegistro": "2025-01-01T00:00:00Z",
            "latitude": 1.5,
            "sensores": [{"dsPonto": "a", "nrValor": 2.5}],
        }
    ]
    verdicts = found.verdicts([{"verdict": "stored"}])
    assert [(one.linha, one.verdict, one.error_code) for one in verdicts] == [
        (2, "rejected", "INVALID_VALUE"),
        (3, "rejected", "INVALID_VALUE"),
        (4, "stored", None),
    ]
    assert str(verdicts[0].error).startswith("row 3: 1.234 could be")


def test_the_same_row_twice_is_one_reading_and_other_values_are_a_conflict() -> None:
    same = "7,2025-01-01T00:00:00Z,a,1\n"
    found = table("cdDispositivo,dtRegistro,dsPonto,nrValor\n" + same * 2 + same.replace(",1\n", ",2\n"))
    assert found.elements() == []
    assert {one.verdict for one in found.verdicts([])} == {"conflict"}
    found = table("cdDispositivo,dtRegistro,dsPonto,nrValor\n" + same * 2)
    assert len(found.elements()) == 1
    assert [one.verdict for one in found.verdicts([{"verdict": "duplicate"}])] == ["duplicate"] * 2


def test_numbers_that_json_or_the_database_cannot_hold() -> None:
    cells = ["1e999", "9" * 350, "1_000", "0x10", "½", "1e5", "-.5", "+3", "9007199254740993"]
    found = table("cdDispositivo,dtRegistro,nrBat\n" + "".join(f"{n},t,{c}\n" for n, c in enumerate(cells)))
    wanted = ["Infinity", "Infinity", "1_000", "0x10", "½", 1e5, -0.5, 3, 9007199254740993]
    assert [one["nrBat"] for one in found.elements()] == wanted


# Seen to fail: when restored() returns the text as it is.
@pytest.mark.parametrize("text", ["=1+1", "a;=2", "-3", "x\n@y", "it's", "'quoted'", "a, b", "+", "＝1"])
def test_what_our_csv_defuses_is_restored(text: str) -> None:
    assert restored(_defused(text)) == text


def test_headings() -> None:
    found, left_out = meanings(
        ["Device", "Time (UTC)", "Temperature (°C)", "nrPorta", "ponto:x", "Site", "Items"]
    )
    assert [one.sensor for one in found.values() if one.sensor] == [
        ("cdTipoSensor", 4),
        ("cdTipoSensor", 2),
        ("dsPonto", "x"),
    ]
    assert left_out == ["Site", "Items"]
    for wrong in (["colour"], ["Average"], ["Device", "cdDispositivo"], ["ponto:"], ["sensor:x"]):
        with pytest.raises(NoTable):
            meanings(wrong)
