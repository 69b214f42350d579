"""The same small table as different programs write it: shapes from public reports about readers of files.

Each is read as one thing: two headings, a row with both, one with a text only. The values are made up.
"""

import io
import zipfile

import pytest

from app.files.bounds import NoTable
from app.files.imports import from_csv, from_xlsx
from tests._lib.hostile_files import MAIN, OFFICE, PACKAGE, cell, workbook

_TABLE = [(2, {"dsObs": "açaí; à vista", "nrLarg": 7}), (4, {"dsObs": "x"})]
_STRINGS = "<si><t>dsObs</t></si><si><t>nrLarg</t></si><si><t>açaí; à vista</t></si><si><t>x</t></si>"
_SHEET = "xl/worksheets/sheet1.xml"


def _row(number, *cells, more=""):
    return f'<row r="{number}"{more}>{"".join(cells)}</row>'


def _shared(place, number, more=""):
    return f'<c r="{place}"{more} t="s"><v>{number}</v></c>'


_PLAIN = "".join(
    (
        _row(1, _shared("A1", 0), _shared("B1", 1)),
        _row(2, _shared("A2", 2), '<c r="B2"><v>7</v></c>'),
        _row(4, _shared("A4", 3)),
    )
)


def _root(name, inner, main=MAIN, more=""):
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
    return f'{head}<{name} xmlns="{main}"{more}>{inner}</{name}>'


def _excel():
    """Spans, ignorable extensions, a dimension, views and margins around the data."""
    rows = _PLAIN.replace('<row r="2"', '<row r="2" spans="1:2" x14ac:dyDescent="0.25"')
    ac = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    inner = (
        '<dimension ref="A1:B4"/>'
        '<sheetViews><sheetView tabSelected="1" workbookViewId="0"><selection '
        'activeCell="B2" sqref="B2"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f'<sheetData>{rows}</sheetData><pageMargins left="0.7" right="0.7" top="0.7" bottom="0.7"/>'
    )
    more = f' xmlns:mc="{mc}" mc:Ignorable="x14ac" xmlns:x14ac="{ac}"'
    return workbook("", _STRINGS, more={_SHEET: _root("worksheet", inner, more=more)})


def _libre_office():
    """Attributes of every row spelled out, a formula with an attribute, and its text beside it."""
    rows = _PLAIN.replace(
        "<row ", '<row customFormat="false" ht="12.8" hidden="false" outlineLevel="0" '
    ).replace(
        _shared("A2", 2),
        '<c r="A2" s="0" t="str"><f aca="false">UPPER(C1)</f><v>açaí; à vista</v></c>',
    )
    return workbook(rows, _STRINGS)


def _google():
    """A thousand rows with nothing but a style."""
    empty = "".join(_row(n, f'<c r="A{n}" s="1"/>', f'<c r="B{n}" s="1"/>') for n in range(5, 1_001))
    return workbook(_PLAIN + empty, _STRINGS)


def _prefixed():
    """Names with a prefix, and absolute targets: Open XML SDK."""
    rows = _PLAIN.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    relations = (
        f'<ns0:Relationships xmlns:ns0="{PACKAGE}">'
        f'<ns0:Relationship Id="worksheet" Type="{OFFICE}/worksheet" Target="/{_SHEET}"/>'
        f'<ns0:Relationship Id="s" Type="{OFFICE}/sharedStrings" Target="/xl/s.xml"/></ns0:Relationships>'
    )
    return workbook("", _STRINGS, more={_SHEET: sheet, "xl/_rels/workbook.xml.rels": relations})


def _without_places():
    """Neither rows nor cells say where they are, and texts are inline: exports of business systems."""
    rows = "<row>{0}dsObs{1}{0}nrLarg{1}</row><row>{0}açaí; à vista{1}<c><v>7</v></c></row>"
    rows += "<row/><row>{0}x{1}</row>"
    return workbook(rows.format('<c t="inlineStr"><is><t>', "</t></is></c>"))


def _strict():
    """The strict variant has names of its own."""
    office = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    main = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    parts = {
        _SHEET: _root("worksheet", f"<sheetData>{_PLAIN}</sheetData>", main),
        "xl/s.xml": _root("sst", _STRINGS, main),
        "xl/styles.xml": _root("styleSheet", "", main),
        "xl/workbook.xml": _root(
            "workbook",
            '<sheets><sheet name="a" sheetId="1" r:id="worksheet"/></sheets>',
            main,
            f' xmlns:r="{office}"',
        ),
        **{
            name: f'<Relationships xmlns="{PACKAGE}">{inner}</Relationships>'
            for name, inner in {
                "_rels/.rels": f'<Relationship Id="a" Type="{office}/officeDocument"'
                ' Target="xl/workbook.xml"/>',
                "xl/_rels/workbook.xml.rels": "".join(
                    f'<Relationship Id="{kind}" Type="{office}/{kind}" Target="{target}"/>'
                    for kind, target in (("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "s.xml"))
                ),
            }.items()
        },
    }
    return workbook("", more=parts)


def _texts_as_formulas():
    """Plain texts of the type of formulas, as SheetJS writes them."""
    rows = _PLAIN
    for number, text in enumerate(("dsObs", "nrLarg", "açaí; à vista", "x")):
        rows = rows.replace(f't="s"><v>{number}</v>', f't="str"><v>{text}</v>')
    return workbook(rows)


def _empty_string_among_them():
    """An empty text without its element, as exceljs wrote them, still has a number."""
    strings = _STRINGS.replace("<si><t>x</t></si>", "<si/><si><t>x</t></si>")
    return workbook(_PLAIN.replace("<v>3</v>", "<v>4</v>"), strings)


def _renamed(content, change):
    """The archive with other names of its parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(change(name), old.read(name))
    return file.getvalue()


def _streamed():
    """Written to a pipe, so that sizes follow the parts."""

    class Pipe(io.BytesIO):
        def seekable(self):
            return False

    file = Pipe()
    plain = zipfile.ZipFile(io.BytesIO(workbook(_PLAIN, _STRINGS)))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in plain.namelist():
            new.writestr(name, plain.read(name))
    return file.getvalue()


def _no_strings():
    """A relation to shared texts, and no such part."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as new, zipfile.ZipFile(io.BytesIO(_without_places())) as old:
        for name in old.namelist():
            if name not in ("xl/s.xml", "xl/styles.xml"):
                new.writestr(name, old.read(name))
    return file.getvalue()


_BOOKS = {
    "Excel": _excel,
    "LibreOffice": _libre_office,
    "Google": _google,
    "prefixes and absolute targets": _prefixed,
    "no places, inline texts": _without_places,
    "strict": _strict,
    "texts as formulas": _texts_as_formulas,
    "an empty shared text": _empty_string_among_them,
    "names of parts in capitals": lambda: _renamed(workbook(_PLAIN, _STRINGS), str.upper),
    "paths of Windows": lambda: _renamed(workbook(_PLAIN, _STRINGS), lambda name: name.replace("/", "\\")),
    "a stream": _streamed,
    "UTF-16 inside": lambda: workbook("", _STRINGS, more={_SHEET: _utf_16()}),
    "parts that are missing": _no_strings,
    "spaces and escapes": lambda: workbook(
        _PLAIN, _STRINGS.replace("<t>x</t>", '<t xml:space="preserve"> x_x000D_\n</t>')
    ),
    "runs with phonetic hints": lambda: workbook(
        _PLAIN,
        _STRINGS.replace("<si><t>x</t></si>", '<si><r><t>x</t></r><rPh sb="0" eb="1"><t>k</t></rPh></si>'),
    ),
}


def _utf_16():
    sheet = (
        f'<?xml version="1.0" encoding="UTF-16"?><worksheet xmlns="{MAIN}"><sheetData>{_PLAIN}</sheetData>'
    )
    return (sheet + "</worksheet>").encode("utf-16")


# Seen to fail: before, names of parts in capitals, paths of Windows, parts that are missing, and the escape;
# the strict one without its name of relations, the empty text when it is not counted.
@pytest.mark.parametrize("write", _BOOKS.values(), ids=_BOOKS)
def test_a_workbook_of_another_program(write):
    assert from_xlsx(write(), 5_000) == _TABLE


_CSV = "dsObs{0}nrLarg\r\n{1}{0}7\r\n\r\nx{0}\r\n"
_QUOTED = '"açaí; à vista"'
_TEXTS = {
    "commas": _CSV.format(",", _QUOTED).encode(),
    "semicolons, as a Brazilian Excel": _CSV.format(";", _QUOTED).encode("cp1252"),
    "tabs": _CSV.format("\t", _QUOTED).encode(),
    "a byte order mark": _CSV.format(",", _QUOTED).encode("utf-8-sig"),
    "UTF-16, as Excel's Unicode text": _CSV.format("\t", _QUOTED).encode("utf-16"),
    "UTF-16, the other way round": b"\xfe\xff" + _CSV.format("\t", _QUOTED).encode("utf-16-be"),
    "lines of Unix": _CSV.format(",", _QUOTED).replace("\r\n", "\n").encode(),
    "lines of an old Mac": _CSV.format(",", _QUOTED).replace("\r\n", "\r").encode(),
    "no last line end": _CSV.format(",", _QUOTED).removesuffix("\r\n").encode(),
    "a first line for Excel": b"sep=;\r\n" + _CSV.format(";", _QUOTED).encode(),
    "everything quoted": '"dsObs","nrLarg"\n"açaí; à vista","7"\n"",""\n"x",""\n'.encode(),
    "trailing separators": _CSV.format(",", _QUOTED).replace("\r\n", ",,,\r\n").encode(),
}


# Seen to fail: before, both of UTF-16, and the first line for Excel.
@pytest.mark.parametrize("content", _TEXTS.values(), ids=_TEXTS)
def test_a_csv_of_another_program(content):
    assert from_csv(content, 5_000) == [
        (row, {name: str(value) for name, value in cells.items()}) for row, cells in _TABLE
    ]


# Seen to fail: before, the commas within quotes were counted.
def test_separators_within_quotes_are_text():
    assert from_csv(b'"a, b, c";d\n1;2\n', 5_000) == [(2, {"a, b, c": "1", "d": "2"})]


# Seen to fail: before, the whole file was refused as no workbook.
def test_a_date_beyond_the_calendar_stays_a_number():
    rows = f'<row>{cell("A1", "a")}</row><row><c s="0"><v>1e10</v></c></row>'
    content = workbook(rows, formats=["yyyy"])
    assert from_xlsx(content, 5_000) == [(2, {"a": 10_000_000_000})]


# Seen to fail: with every escape read.
@pytest.mark.parametrize("text", ["a_x0000_b", "a_xD800_b", "a_x12_b"])
def test_no_escape_makes_what_json_cannot_hold(text):
    rows = f"<row>{cell('A1', 'a')}</row><row>{cell('A2', text)}</row>"
    assert from_xlsx(workbook(rows), 5_000) == [(2, {"a": text})]


def test_an_encrypted_workbook_or_one_of_the_old_kind_is_none():
    with pytest.raises(NoTable):
        from_xlsx(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4_096), 5_000)
