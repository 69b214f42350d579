"""Files that are small and cost whoever reads them much: workbooks and tables beyond every bound."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def _relations(**targets: str) -> str:
    rows = "".join(
        f'<Relationship Id="{kind}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for kind, target in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}">{rows}</Relationships>'


def _types() -> str:
    """What libraries want to know before they read the parts."""
    base = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    kinds = {
        "/xl/workbook.xml": "sheet.main",
        "/xl/worksheets/sheet1.xml": "worksheet",
        "/xl/s.xml": "sharedStrings",
        "/xl/styles.xml": "styles",
    }
    parts = "".join(
        f'<Override PartName="{part}" ContentType="{base}.{kind}+xml"/>' for part, kind in kinds.items()
    )
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    return f'<Types xmlns="{types}"><Default Extension="rels" ContentType="{rels}"/>{parts}</Types>'


def workbook(
    rows: str,
    strings: str = "",
    head: str = "",
    method: int = zipfile.ZIP_DEFLATED,
    more: Mapping[str, str | bytes] | None = None,
    formats: Sequence[str] = (),
) -> bytes:
    """A workbook with these rows, written as XML; ``more`` are other parts of the archive."""
    codes = "".join(f'<numFmt numFmtId="{200 + n}" formatCode="{code}"/>' for n, code in enumerate(formats))
    xfs = "".join(f'<xf numFmtId="{200 + n}"/>' for n in range(len(formats)))
    sheet = f'{head}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _types(),
        "_rels/.rels": _relations(officeDocument="xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="a" sheetId="1" r:id="worksheet"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            worksheet="worksheets/sheet1.xml", sharedStrings="s.xml", styles="styles.xml"
        ),
        "xl/s.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts>'
        f"<cellXfs>{xfs}</cellXfs></styleSheet>",
        "xl/worksheets/sheet1.xml": sheet,
        **(more or {}),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def cell(place: str, text: str = "x") -> str:
    """A cell with its text in it."""
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def _entities() -> str:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY e0 "boom">{levels}]>'


_HEADINGS = f'<row r="1">{cell("A1", "dsObs")}</row>'

# By what is too large in it, as the error names it.
WORKBOOKS: dict[str, Callable[[], bytes]] = {
    "columns": lambda: workbook(
        "".join(f'<row r="{n}">{cell(f"A{n}")}{cell(f"XFD{n}")}</row>' for n in range(1, 100))
    ),
    "columns, counted": lambda: workbook(f"<row>{'<c><v>1</v></c>' * 100_000}</row>"),
    "XML elements": lambda: workbook("<row/>" * 5_000_000),
    "XML elements, empty cells": lambda: workbook(f"<row>{'<c/>' * 6_000_000}</row>"),
    "rows": lambda: workbook(f'{_HEADINGS}<row r="1048576">{cell("A1048576")}</row>'),
    "rows, counted": lambda: workbook(f"{_HEADINGS}{'<row><c><v>1</v></c></row>' * 6_000}"),
    "bytes when unpacked": lambda: workbook(f"{_HEADINGS}<row>{' ' * (40 << 20)}</row>"),
    "characters in a cell": lambda: workbook(cell("A1", "x" * 40_000)),
    "characters in a cell, shared": lambda: workbook("", f"<si><t>{'x' * 40_000}</t></si>"),
    "XML elements, shared": lambda: workbook("", "<si/>" * 2_000_000),
    "characters in a format": lambda: workbook("", formats=["[" * 100_000]),
    "bytes in a tag": lambda: workbook(f'<row spans="{"1 " * (8 << 20)}"/>'),
    "levels of XML": lambda: workbook("<a>" * 100_000),
    "parts in its archive": lambda: workbook("", more={f"p{n}": "" for n in range(2_000)}),
}
NO_WORKBOOKS: dict[str, Callable[[], bytes]] = {
    "entities": lambda: workbook(cell("A1", "&e9;"), head=_entities()),
    "a document type": lambda: workbook(_HEADINGS, head='<!DOCTYPE x SYSTEM "file:///etc/passwd">'),
    "LZMA": lambda: workbook(_HEADINGS, method=zipfile.ZIP_LZMA),
    "bzip2": lambda: workbook(_HEADINGS, method=zipfile.ZIP_BZIP2),
    "rows out of order": lambda: workbook(f'<row r="7"/>{_HEADINGS}'),
    "a cell nowhere": lambda: workbook(f"<row>{cell('AAAAAA1')}</row>"),
    "a string that is not there": lambda: workbook('<row><c t="s"><v>7</v></c></row>'),
    "a negative string": lambda: workbook('<row><c t="s"><v>-1</v></c></row>', "<si><t>a</t></si>"),
    "infinity": lambda: workbook("<row><c><v>1e999</v></c></row>"),
    "cut off": lambda: workbook(_HEADINGS)[:-40],
}
TABLES: dict[str, Callable[[], bytes]] = {
    "columns": lambda: b",".join(b"c%d" % n for n in range(100_000)) + b"\n" + b"," * 99_999,
    "columns, empty": lambda: b"a\n" + b"," * 4_000_000 + b"1",
    "rows": lambda: b"\n" * 4_000_000,
    "characters in a cell": lambda: b'a\n"' + b"x" * 50_000 + b'"',
    "characters in a cell, quoted": lambda: b'a\n"' + b'""' * 2_000_000 + b'"',
}
