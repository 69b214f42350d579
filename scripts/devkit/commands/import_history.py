"""scripts/import-history: a table of history, sent to POST /v2/historico/lote in parts."""

import argparse
import csv
import io
import json
import os
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from ..console import Problem, fail, say
from ..progress import bar

TIMEOUT = 60  # seconds
ATTEMPTS = 8
HALVED = ("TOO_LARGE", "RANGE_TOO_WIDE", "UNAVAILABLE")  # what smaller parts may be spared
Row = tuple[int, list[str]]  # its number in the file, and its cells
Answer = tuple[int, dict[str, Any], float]  # status, body, seconds to wait before another attempt
Post = Callable[[bytes], Answer]


def main() -> None:
    options = _parser().parse_args()
    try:
        if not options.key:
            raise Problem("Give --key, or set RASTRO_KEY: an API key with the permission admin.")
        counts = run(options, poster(options))
    except Problem as problem:
        fail(str(problem))
    except KeyboardInterrupt:
        fail("Interrupted. Start again with the same file: nothing is stored twice.")
    say(", ".join(f"{name}: {counts[name]}" for name in ("stored", "duplicate", "conflict", "rejected")))
    if counts["conflict"] + counts["rejected"]:
        fail(f"{options.rejected} has the rows that were not stored, and why.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/import-history",
        description="Import a table of history (CSV, XLSX or Parquet) of any size through the API, in parts. "
        "Rows that are refused are written to a file with the reason. Start it again after an interruption: "
        "nothing is stored twice.",
    )
    add = parser.add_argument
    add("file", type=Path, metavar="FILE")
    add("--url", required=True, help="base URL of the API")
    add("--key", default=os.environ.get("RASTRO_KEY"), help="API key with admin (default: RASTRO_KEY)")
    add("--column", action="append", default=[], metavar="OLD=NEW",
        help="another name for a column, such as timestamp=dtRegistro or temp=ponto:temperatura; "
        "OLD= leaves it out")  # fmt: skip
    add("--device", dest="cdDispositivo", type=int, metavar="CODE", help="the device, if no column says it")
    add("--sensor", dest="cdSensor", type=int, metavar="CODE", help="the sensor of the column nrValor")
    add("--point", dest="dsPonto", metavar="NAME", help="the same by its point")
    add("--zone", dest="fuso", metavar="NAME", help="IANA zone of times without offset (default: UTC)")
    add("--dates", dest="ordemData", choices=["amd", "dma", "mda"],
        help="dma or mda: dates begin with the day or the month")  # fmt: skip
    add("--separator", choices=[",", ";", "\t"], help="of a CSV (default: the one its headings have most of)")
    add("--validate", action="store_true", help="only say what would be refused")
    add("--rows", type=int, default=2000, metavar="N", help="rows of a part (default: 2000)")
    add("--from-row", type=int, default=2, metavar="N", help="leave out the rows before this one")
    add("--rejected", type=Path, metavar="OUT", help="refused rows (default: FILE.rejected.csv)")
    return parser


def run(options: argparse.Namespace, post: Post) -> Counter[str]:
    """Send all rows, part by part; how many got each verdict. Raises Problem."""
    options.rejected = options.rejected or options.file.with_name(options.file.name + ".rejected.csv")
    separator, headings, rows = read(options.file, options.separator)
    kept = _kept(headings, options.column)
    counts: Counter[str] = Counter()
    with options.rejected.open("w", newline="", encoding="utf-8") as out, bar(None, None, " rows") as shown:
        refused = csv.writer(out)
        refused.writerow(["row", "verdict", "error_code", "error", *headings])
        rest = (row for row in rows if row[0] >= options.from_row and any(row[1]))
        while part := list(islice(rest, max(1, min(options.rows, 5000)))):
            for sent, results in _delivered(part, kept, separator, post):
                cells = dict(sent)
                for one in results:
                    number = sent[one["linha"] - 2][0]
                    counts[one["verdict"]] += 1
                    if one.get("error_code"):
                        error = _by_rows_of_the_file(one.get("error") or "", sent)
                        refused.writerow([number, one["verdict"], one["error_code"], error, *cells[number]])
                out.flush()
                shown.update(len(sent))
    return counts


def _by_rows_of_the_file(error: str, sent: Sequence[Row]) -> str:
    """The text of an error, which names rows of the part, with the numbers that they have in the file."""

    def number(found: re.Match[str]) -> str:
        at = int(found[1]) - 2
        return f"row {sent[at][0]}" if 0 <= at < len(sent) else found[0]

    return re.sub(r"\brow (\d{1,5})\b", number, error)


def read(file: Path, separator: str | None) -> tuple[str, list[str], Iterator[Row]]:
    """Separator, headings, and the rows with their numbers. Raises Problem."""
    try:
        if file.suffix.lower() in (".xlsx", ".parquet"):
            separator, lines = ",", _frame(file)
        else:
            with file.open(encoding="utf-8-sig") as begun:
                separator = separator or max(",;\t", key=begun.readline().count)
            lines = _csv(file, separator)
        headings = next(lines)
    except (OSError, ValueError, StopIteration) as error:
        raise Problem(f"{file} cannot be read as a table: {error or 'it is empty'}") from error
    return separator, headings, enumerate(lines, start=2)


def _csv(file: Path, separator: str) -> Iterator[list[str]]:
    with file.open(newline="", encoding="utf-8-sig") as lines:
        yield from csv.reader(lines, delimiter=separator)


def _frame(file: Path) -> Iterator[list[str]]:
    import pandas as pd  # only for these: it takes a second

    parquet = file.suffix.lower() == ".parquet"
    table = pd.read_parquet(file) if parquet else pd.read_excel(file)
    yield [str(name) for name in table.columns]
    for row in table.itertuples(index=False):
        yield ["" if pd.isna(cell) else _text(cell) for cell in row]


def _text(cell: Any) -> str:
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def _kept(headings: Sequence[str], renamed: Iterable[str]) -> list[tuple[int, str]]:
    """Places and names of the columns that are sent. Raises Problem."""
    names = {old: new for old, _, new in (one.partition("=") for one in renamed)}
    if unknown := names.keys() - set(headings):
        raise Problem(f"--column names {sorted(unknown)[0]!r}; the columns are {', '.join(headings)}")
    return [(place, name) for place, old in enumerate(headings) if (name := names.get(old, old))]


def _delivered(
    part: list[Row], kept: list[tuple[int, str]], separator: str, post: Post
) -> Iterator[tuple[list[Row], list[dict[str, Any]]]]:
    """What is answered to a part, or to its halves where it is too much at once. Raises Problem."""
    for attempt in range(1, ATTEMPTS + 1):
        status, body, wait = post(_table(part, kept, separator))
        if status == 200:
            yield part, body["results"]
            return
        if len(part) > 1 and (
            body.get("error_code") in HALVED or (status in (502, 503, 504) and attempt > 1)
        ):
            half = len(part) // 2
            yield from _delivered(part[:half], kept, separator, post)
            yield from _delivered(part[half:], kept, separator, post)
            return
        if status not in (0, 429, 502, 503, 504):
            break
        time.sleep(min(wait or 2**attempt, 60))
    said = body.get("error") or f"status {status}"
    raise Problem(f"Row {part[0][0]}: {said}. Go on with --from-row {part[0][0]}.")


def _table(part: list[Row], kept: list[tuple[int, str]], separator: str) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow([name for _, name in kept])
    writer.writerows([row[place] if place < len(row) else "" for place, _ in kept] for _, row in part)
    return text.getvalue().encode()


def poster(options: argparse.Namespace) -> Post:
    """Sends a part to the API."""
    asked = {
        name: getattr(options, name) for name in ("cdDispositivo", "cdSensor", "dsPonto", "fuso", "ordemData")
    }
    asked = {name: value for name, value in asked.items() if value is not None}
    query = urllib.parse.urlencode(asked | {"validar": int(options.validate)})
    url = f"{options.url.rstrip('/')}/v2/historico/lote?{query}"
    headers = {"X-API-Key": options.key, "Content-Type": "text/csv"}

    def post(table: bytes) -> Answer:
        try:
            with urllib.request.urlopen(
                urllib.request.Request(url, table, headers),
                timeout=TIMEOUT,
            ) as answer:
                return answer.status, json.load(answer), 0
        except urllib.error.HTTPError as error:
            return error.code, _json(error.read()), float(error.headers.get("Retry-After") or 0)
        except OSError as error:
            return 0, {"error": f"{options.url} cannot be reached: {error}"}, 0

    return post


def _json(body: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(body))
    except ValueError:
        return {}
