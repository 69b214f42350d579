"""Tables: what spreadsheets write is read, and what is beyond a bound is refused on the way."""

import io
from datetime import date, datetime, time

import openpyxl
import pytest

from app.files.bounds import MAX_COLUMNS, NoTable, TooLarge
from app.files.imports import from_csv, from_xlsx
from tests._lib.hostile_files import NO_WORKBOOKS, TABLES, WORKBOOKS, cell, workbook

_MOST = 5_000


def _saved(rows, epoch=None):
    book = openpyxl.Workbook()
    if epoch:
        book.epoch = epoch
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


# Seen to fail: without Formats.is_date; without the epoch of the book.
@pytest.mark.parametrize("epoch", [None, openpyxl.utils.datetime.CALENDAR_MAC_1904])
def test_cells_as_a_spreadsheet_library_writes_them(epoch):
    rows = [
        ["text", "whole", "number", "yes", "day", "moment", "time", "nothing"],
        [" açaí ", 7, 7.25, True, date(2026, 1, 31), datetime(2026, 1, 31, 12, 30, 15), time(8, 5), None],
    ]
    assert from_xlsx(_saved(rows, epoch), _MOST) == [
        (
            2,
            {
                "text": "açaí",
                "whole": 7,
                "number": 7.25,
                "yes": True,
                "day": "2026-01-31T00:00:00",
                "moment": "2026-01-31T12:30:15",
                "time": "08:05:00",
            },
        )
    ]


def test_rich_and_shared_texts_without_their_hints():
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="3"><c r="A3" t="s"><v>1</v></c></row>'
    strings = "<si><t>ds</t></si><si><r><t>a</t></r><r><t>b</t></r><rPh><t>hint</t></rPh></si>"
    assert from_xlsx(workbook(rows, strings), _MOST) == [(3, {"ds": "ab"})]


def test_many_empty_cells_of_a_formatted_sheet_are_none():
    empty = "".join(f'<row r="{n}" s="1">{"<c/>" * 300}</row>' for n in range(2, 1_000))
    assert from_xlsx(workbook(f'<row r="1">{cell("A1", "a")}</row>{empty}'), _MOST) == []


# Seen to fail: each without its check in sheets.py, workbooks.py or imports.py; before, with pandas, all, and
# four of them kept a processor busy for more than 20 s.
@pytest.mark.parametrize("bound", WORKBOOKS)
def test_a_workbook_beyond_a_bound_is_refused_with_its_name(bound):
    _refused(from_xlsx, WORKBOOKS[bound](), bound)


@pytest.mark.parametrize("bound", TABLES)
def test_a_csv_beyond_a_bound_is_refused_with_its_name(bound):
    _refused(from_csv, TABLES[bound](), bound)


def _refused(read, content, bound):
    with pytest.raises(TooLarge) as told:
        read(content, _MOST)
    assert told.value.bound == bound.partition(", ")[0]
    assert f"{told.value.limit:,} {told.value.bound}" in str(told.value)


# Seen to fail: without _refuse_doctype; with all compressions.
@pytest.mark.parametrize("content", NO_WORKBOOKS.values(), ids=NO_WORKBOOKS)
def test_what_no_spreadsheet_writes_is_no_workbook(content):
    with pytest.raises(NoTable):
        from_xlsx(content(), _MOST)


def test_the_bounds_themselves_are_allowed():
    names = ",".join(f"c{n}" for n in range(MAX_COLUMNS))
    text = names + "\n" + ("," * (MAX_COLUMNS - 1) + "1\n") * _MOST
    assert len(from_csv(text.encode(), _MOST)) == _MOST
    cells = "".join(f"<c><v>{n}</v></c>" for n in range(MAX_COLUMNS))
    assert len(from_xlsx(workbook(f"<row>{cells}</row>" * (_MOST + 1)), _MOST)) == _MOST
