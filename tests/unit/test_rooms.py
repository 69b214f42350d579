"""Rooms of app/ import downwards only, and know only what is theirs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.devkit.local.paths import ROOT

APP = ROOT / "app"
# From below to above: a room may import from itself and from those before it.
ORDER = (
    ("app.errors", "app.times", "app.environment", "app.logs", "app.meters"),
    ("app.settings",),
    ("app.identity", "app.readings", "app.files"),
    ("app.rpc",),
    ("app.jobs", "app.ingest", "app.http.kit"),
    ("app.http.ops", "app.http.docs", "app.http.page", "app.http.v2"),
    ("app.http.v1",),
    ("app.http.application",),
    ("app.server",),
)


def _level(module: str) -> int:
    found = [
        level
        for level, rooms in enumerate(ORDER)
        if any(module == room or module.startswith(f"{room}.") for room in rooms)
    ]
    assert found, f"{module} is in no room"
    return found[0]


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _imports(path: Path) -> set[str]:
    """Modules of app that a file imports, with names that are modules themselves."""
    package = _module(path) if path.name == "__init__.py" else _module(path).rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            found |= {f"{source}.{name.name}" for name in node.names} if source.startswith("app") else set()
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names if name.name.startswith("app")}
    return found


FILES = [path for path in sorted(APP.rglob("*.py")) if path != APP / "__init__.py"]


# Seen to fail: with an import of v2 in kit.
@pytest.mark.parametrize("path", FILES, ids=_module)
def test_nothing_imports_upwards(path: Path) -> None:
    if path.parent == APP / "http" and path.name == "__init__.py":
        return
    here = _level(_module(path))
    above = {one for one in _imports(path) if _level(one) > here}
    assert not above


# Seen to fail: with SQL in a handler.
def test_http_knows_no_sql() -> None:
    for path in (APP / "http").rglob("*.py"):
        assert "psycopg2" not in path.read_text(), path


# Seen to fail: with create_app in app/__init__.py; with flask in app/logs.py.
def test_ingest_and_jobs_load_no_flask() -> None:
    code = (
        "import sys, app.ingest.__main__, app.jobs.maintenance, app.jobs.geocoding, app.jobs.broker_acl;"
        " sys.exit('flask' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
