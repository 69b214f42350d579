"""Read an archive as a whole, and compare it with what its manifests say."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ..console import Problem
from . import manifest
from .manifest import Part
from .tables import TABLES
from .target import PARTIAL, Target


@dataclass(frozen=True)
class Verified:
    """A client's month, and the first thing that is wrong with it, if any."""

    part: Part
    rows: int
    fault: str = ""


def parts(target: Target, client: int | None, month: datetime | None) -> list[Part]:
    """The parts of an archive that have a folder, finished or not. Raises Problem if there are none."""
    found = {Part.of(name.rpartition("/")[0]) for name in target.names()}
    chosen = sorted(
        part for part in found if part and client in (None, part.client) and month in (None, part.month)
    )
    if not chosen:
        raise Problem(f"{target.said} has no such month of a client.")
    return chosen


def read(target: Target, part: Part) -> dict[str, Any]:
    """The manifest of a part. Raises Problem if it is missing or damaged."""
    text = target.read(f"{part.folder}/{manifest.NAME}")
    if text is None:
        raise Problem(
            f"{part}: was not finished, as its manifest is missing. Run scripts/archive write again."
        )
    return manifest.load(part, text)


def verify(target: Target, chosen: list[Part]) -> Iterator[Verified]:
    """Check every file of these parts."""
    with tempfile.TemporaryDirectory(prefix=PARTIAL) as space:
        for part in chosen:
            yield _verified(target, part, Path(space))


def fetch(target: Target, part: Part, entries: dict[str, Any], space: Path) -> dict[str, Path]:
    """The files of a part, where they can be read. Raises Problem if one is not what its manifest says."""
    found = {}
    for table in TABLES:
        found[table.name] = path = target.fetch(f"{part.folder}/{table.file}", space)
        if faults := _faults(part, path, entries[table.name]):
            raise Problem(f"{part}: {table.file}: {'; '.join(faults)}")
    return found


def _verified(target: Target, part: Part, space: Path) -> Verified:
    try:
        entries = read(target, part)["tables"]
        fetch(target, part, entries, space)
    except Problem as problem:
        return Verified(part, 0, str(problem).removeprefix(f"{part}: "))
    return Verified(part, sum(entry["rows"] for entry in entries.values()))


def _faults(part: Part, path: Path, said: dict[str, Any]) -> list[str]:
    if manifest.sha256(path) == said.get("sha256"):
        return manifest.differences(said, manifest.describe(part, path))
    try:
        found = manifest.describe(part, path)
    except Problem as problem:
        return [f"the file has changed since it was written: {problem}"]
    if found["content"] == said.get("content"):
        return ["the file was written anew since (its checksum differs), with the same rows"]
    return ["the file has changed since it was written", *manifest.differences(said, found)]
