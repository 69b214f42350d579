"""XLSX workbooks, read as streams: the rows of the first sheet.

An XLSX is a ZIP of XML parts. Libraries for it build up what its XML claims: a row of two cells, the second
in the last column, as 16,384 cells. Here each part is unpacked and parsed piece by piece, against one budget
of bytes and elements for the whole file, and what no spreadsheet writes is refused: other compressions,
document types, tags of a megabyte.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from typing import Protocol
from xml.parsers import expat

from .bounds import Line, NoTable, TooLarge
from .sheets import Book, Formats, Relations, Sheet, Strings

MAX_PARTS = 1_000
MAX_UNPACKED = 32 << 20  # bytes
MAX_ELEMENTS = 600_000  # of XML: 5,000 rows of 32 cells, with some room
MAX_DEPTH = 64
_MAX_TAG = 1 << 20  # bytes
_PIECE = 64 << 10
_ENTRY = b"PK\x01\x02"  # of the archive's directory
_ENCRYPTED = 1


class Reader(Protocol):
    """Takes the elements of a part, by their local names."""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def text(self, text: str) -> None:
        """More text of it."""

    def end(self, name: str) -> None:
        """It ends."""


def lines(content: bytes) -> Iterator[Line]:
    """Rows of the first sheet that have cells. Raises NoTable, TooLarge."""
    if content.count(_ENTRY) > MAX_PARTS:
        raise TooLarge("parts in its archive", MAX_PARTS)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from _lines(_Parts(archive))
    except (NoTable, TooLarge):
        raise
    except Exception as error:  # whatever comes from a part that is missing or broken
        raise NoTable("The file is not an XLSX workbook.") from error


def _lines(parts: _Parts) -> Iterator[Line]:
    book, strings, formats = Book(), Strings(), Formats()
    [main] = parts.related("").of_kind("officeDocument")
    parts.read(main, book)
    related = parts.related(main)
    for kind, reader in (("sharedStrings", strings), ("styles", formats)):
        for name in related.of_kind(kind)[:1]:
            if name in parts:  # some programs name one that they do not write
                parts.read(name, reader)
    sheet = Sheet(strings.texts, formats, book.epoch)
    for _ in parts.pieces(related.first_sheet(book.sheets), sheet):
        yield from sheet.rows
        sheet.rows.clear()


class _Parts:
    """The parts of a workbook, and what is left of its budget.

    Names of parts do not differ by case (ECMA-376, part 2), and some programs write them as paths of Windows.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._entries = {_folded(entry.filename): entry for entry in archive.infolist()}
        self._bytes, self._elements = MAX_UNPACKED, MAX_ELEMENTS

    def __contains__(self, name: str) -> bool:
        return _folded(name) in self._entries

    def related(self, name: str) -> Relations:
        """What a part refers to, or the whole archive, without a name."""
        folder, _, file = name.rpartition("/")
        relations = Relations(folder)
        self.read(posixpath.join(folder, "_rels", f"{file}.rels"), relations)
        return relations

    def read(self, name: str, reader: Reader) -> None:
        """Give a reader all of a part."""
        for _ in self.pieces(name, reader):
            pass

    def pieces(self, name: str, reader: Reader) -> Iterator[None]:
        """The same, with a pause after each piece."""
        parser, fed = self._parser(reader), 0
        for piece in self._unpacked(name):
            fed += len(piece)
            parser.Parse(piece)
            if fed - parser.CurrentByteIndex > _MAX_TAG:  # expat would look at it again with each piece
                raise TooLarge("bytes in a tag", _MAX_TAG)
            yield
        parser.Parse(b"", True)
        yield

    def _unpacked(self, name: str) -> Iterator[bytes]:
        info = self._entries[_folded(name)]
        if (
            info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
            or info.flag_bits & _ENCRYPTED
        ):
            raise NoTable("The workbook is encrypted, or compressed in an unusual way.")
        with self._archive.open(info) as part:
            while piece := part.read(_PIECE):
                self._bytes -= len(piece)
                if self._bytes < 0:
                    raise TooLarge("bytes when unpacked", MAX_UNPACKED)
                yield piece

    def _parser(self, reader: Reader) -> expat.XMLParserType:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        depth = 0

        def begin(name: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            self._elements -= 1
            if self._elements < 0:
                raise TooLarge("XML elements", MAX_ELEMENTS)
            if depth > MAX_DEPTH:
                raise TooLarge("levels of XML", MAX_DEPTH)
            reader.begin(name.rpartition(" ")[2], attributes)

        def end(name: str) -> None:
            nonlocal depth
            depth -= 1
            reader.end(name.rpartition(" ")[2])

        parser.StartElementHandler, parser.EndElementHandler = begin, end
        parser.CharacterDataHandler = reader.text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        return parser


def _folded(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _refuse_doctype(*_: object) -> None:
    raise NoTable("The workbook has a document type declaration.")
