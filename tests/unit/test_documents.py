"""Documents: what they link to and name exists; README.md stays short enough to be read."""

import re
from pathlib import Path

import pytest

from scripts.devkit.local.paths import ROOT

DOCUMENTS = sorted(
    path.relative_to(ROOT)
    for path in ROOT.rglob("*.md")
    if not any(part.startswith(".") and part != ".github" for part in path.relative_to(ROOT).parts)
    and "node_modules" not in path.parts
)
LINES, WORDS = 180, 1_800
# Names with a placeholder in them, and the files that a guide's example tells its reader to write.
_PLACEHOLDER = re.compile(r"[<>*{}…$]|\bNN|NAME|FILE|PATH\b|acme|em_silencio")
_HISTORY = Path(".github/CHANGELOG.md")  # names what there was
_PATH = re.compile(r"(?<![\w@/.-])(?:app|scripts|sql|supabase|tests|\.github|\.ci)/[^\s,;:()'\"`]*")


def test_the_readme_can_be_read_in_ten_minutes() -> None:
    text = (ROOT / "README.md").read_text()
    assert len(text.splitlines()) <= LINES
    assert len(text.split()) <= WORDS


# Seen to fail: with a link to a file that had moved, and with a heading that had been renamed.
@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_link_leads_somewhere(document: Path) -> None:
    text = _without_code((ROOT / document).read_text())
    missing = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not _leads_somewhere(document, link)]
    assert missing == []


# Seen to fail: with the path that a file had before it moved.
@pytest.mark.parametrize("document", [one for one in DOCUMENTS if one != _HISTORY], ids=str)
def test_every_path_that_is_named_exists(document: Path) -> None:
    text = (ROOT / document).read_text()
    quoted = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    named = {path.rstrip(".") for one in quoted for path in _PATH.findall(one)}
    missing = [
        path for path in sorted(named) if not _PLACEHOLDER.search(path) and not _exists(document, path)
    ]
    assert missing == []


def _without_code(text: str) -> str:
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)


def _leads_somewhere(document: Path, link: str) -> bool:
    if re.match(r"[a-z]+:", link):
        return True
    path, _, heading = link.partition("#")
    target = ROOT / document.parent / path if path else ROOT / document
    if not heading:
        return target.exists()
    return target.is_file() and heading in _anchors(target.read_text())


def _anchors(text: str) -> set[str]:
    """Anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.strip().lower()).replace(" ", "-") for one in headings}


def _exists(document: Path, path: str) -> bool:
    """Seen from the top or from the document's own room."""
    return (ROOT / path).exists() or (ROOT / document.parent / path).exists()
