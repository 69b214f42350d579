"""scripts/import-history: every row is sent, and what is refused is written to a file with the reason."""

import argparse
import csv

import pandas as pd
import pytest

from scripts.devkit.commands import import_history
from scripts.devkit.console import Problem


def options(file, **more):
    usual = {"separator": None, "column": [], "rejected": None, "from_row": 2, "rows": 4}
    return argparse.Namespace(file=file, **(usual | more))


class Api:
    """Answers as the API does: too much at once above ``most`` rows, and refuses values of 13."""

    def __init__(self, most=5000, failures=()):
        self.most, self.failures, self.tables = most, list(failures), []

    def __call__(self, table):
        if self.failures:
            return self.failures.pop(0)
        text = table.decode()
        rows = list(csv.reader(text.splitlines(), delimiter=";" if ";" in text else ","))
        if len(rows) - 1 > self.most:
            return 400, {"error_code": "RANGE_TOO_WIDE", "error": "too many months"}, 0
        self.tables.append(rows)
        return 200, {"results": [self._verdict(n, row) for n, row in enumerate(rows[1:], 2)]}, 0

    def _verdict(self, number, row):
        bad = {
            "verdict": "rejected",
            "error_code": "INVALID_VALUE",
            "error": f"row {number}.nrValor is unlucky",
        }
        return {"linha": number} | (bad if row[-1] == "13" else {"verdict": "stored"})


def written(file):
    return list(csv.reader(file.with_name(file.name + ".rejected.csv").read_text().splitlines()))


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(import_history.time, "sleep", lambda _: None)


# Seen to fail: with numbers of rows within a part, and when the second half was left out.
@pytest.mark.parametrize("most", [1, 3, 5000])
def test_refused_rows_have_their_numbers_whatever_the_parts(tmp_path, most):
    file = tmp_path / "year.csv"
    file.write_text("timestamp;note;value\n" + "".join(f"t{n};x{n};{n}\n" for n in range(20)))
    api = Api(most)
    renamed = ["timestamp=dtRegistro", "note=", "value=nrValor"]
    counts = import_history.run(options(file, column=renamed), api)
    assert counts == {"stored": 19, "rejected": 1}
    assert written(file) == [
        ["row", "verdict", "error_code", "error", "timestamp", "note", "value"],
        ["15", "rejected", "INVALID_VALUE", "row 15.nrValor is unlucky", "t13", "x13", "13"],
    ]
    assert {tuple(table[0]) for table in api.tables} == {("dtRegistro", "nrValor")}
    assert [row for table in api.tables for row in table[1:]] == [[f"t{n}", str(n)] for n in range(20)]


def test_a_busy_service_is_asked_again_and_a_part_that_fails_says_where_to_go_on(tmp_path):
    file = tmp_path / "year.csv"
    file.write_text("dtRegistro,nrValor\n" + "t,1\n" * 6)
    busy = [(503, {"error_code": "UNAVAILABLE"}, 1.0), (429, {}, 2.0), (0, {"error": "away"}, 0)]
    assert import_history.run(options(file, rows=1), Api(failures=busy)) == {"stored": 6}
    refused = [(403, {"error": "You do not have permission"}, 0)]
    with pytest.raises(Problem, match="Row 4: You do not have permission"):
        import_history.run(options(file, from_row=4), Api(failures=refused))


@pytest.mark.parametrize("suffix", ["xlsx", "parquet"])
def test_other_formats(tmp_path, suffix):
    file = tmp_path / f"year.{suffix}"
    table = pd.DataFrame(
        {"dtRegistro": pd.to_datetime(["2025-01-01 10:00", "2025-01-02 00:00"]), "nrValor": [1.5, None]}
    )
    table.to_parquet(file) if suffix == "parquet" else table.to_excel(file, index=False)
    api = Api()
    assert import_history.run(options(file), api) == {"stored": 2}
    assert api.tables[0][1:] == [["2025-01-01T10:00:00", "1.5"], ["2025-01-02T00:00:00", ""]]


def test_a_column_that_is_not_there(tmp_path):
    file = tmp_path / "year.csv"
    file.write_text("a,b\n1,2\n")
    with pytest.raises(Problem, match="'c'; the columns are a, b"):
        import_history.run(options(file, column=["c=dtRegistro"]), Api())
