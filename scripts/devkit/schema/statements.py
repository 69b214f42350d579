"""Split an SQL file into statements, as the Supabase CLI records them."""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      --[^\n]*
    | (?P<comment>/\*)
    | \b[eE]'(?:[^'\\]|\\.|'')*'
    | '(?:[^']|'')*'
    | "(?:[^"]|"")*"
    | (?<![\w$])(?P<tag>\$(?:[^\W\d]\w*)?\$).*?(?P=tag)
    | (?P<atomic>\bbegin\s+atomic\b)
    | (?P<case>\bcase\b)
    | (?P<end>\bend\b)
    | (?P<semicolon>;)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True)
class Statement:
    """One statement without its semicolon, comments before it included, and the line it begins on.

    The CLI records comments that stand alone, too; such a statement has no words.
    """

    text: str
    line: int

    @property
    def words(self) -> list[str]:
        """Its first words, lower case, comments left out: `["create", "index", …]`."""
        return _COMMENT.sub(" ", self.text).lower().split()[:6]


def split(source: str) -> list[Statement]:
    """Split at semicolons outside quotes, comments and `begin atomic … end` bodies."""
    found: list[Statement] = []
    begin = position = depth = 0
    while token := _TOKEN.search(source, position):
        position = token.end()
        if token["comment"]:
            position = _end_of_comment(source, position)
        elif token["atomic"] or (token["case"] and depth):
            depth += 1
        elif token["end"] and depth:
            depth -= 1
        elif token["semicolon"] and not depth:
            _append(found, source, begin, token.start())
            begin = position
    _append(found, source, begin, len(source))
    return found


def _append(found: list[Statement], source: str, begin: int, end: int) -> None:
    text = source[begin:end]
    lead = len(text) - len(text.lstrip())
    if text.strip():
        found.append(Statement(text.strip(), source.count("\n", 0, begin + lead) + 1))


def _end_of_comment(source: str, position: int) -> int:
    """The end of a block comment; these nest."""
    depth = 1
    for mark in re.finditer(r"/\*|\*/", source[position:]):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return position + mark.end()
    return len(source)
