"""Debian packages: installed by apt if we have the permission, otherwise named with the line to type."""

import os
import shutil
import subprocess
from functools import cache

from ..console import Problem, note
from .locks import only_one
from .paths import local


def available() -> bool:
    return shutil.which("apt-get") is not None


@cache
def refresh() -> None:
    """Fetch the package lists, once, if permitted; a new system has none."""
    if allowed():
        _apt("update", "-qq")


def allowed() -> bool:
    """Whether this system has apt and we have the permission to use it."""
    return available() and _privilege() is not None


def install(packages: list[str], why: str) -> None:
    """Install Debian packages. Raises Problem with the line to type if that is not permitted."""
    if not available():
        raise Problem(f"{why} is missing. Install it, then start again.")
    if not allowed():
        raise Problem(f"{why} is missing. Install it, then start again:\n  {command_line(packages)}")
    note(f"Installing {why} with apt: {' '.join(packages)}")
    with only_one("apt"):  # processes of tests may ask at the same time, and apt does not wait for its locks
        refresh()
        _apt("install", "-y", "-qq", "--no-install-recommends", *packages)


def command_line(packages: list[str]) -> str:
    return f"sudo apt-get update && sudo apt-get install --no-install-recommends {' '.join(packages)}"


def privileged(*command: str) -> list[str]:
    """The command as root: unchanged, or through sudo without a password."""
    return [*(_privilege() or []), *command]


def _privilege() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    return None


def _apt(*arguments: str) -> None:
    log = local() / "apt.log"
    with log.open("a") as output:
        done = subprocess.run(
            privileged("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *arguments),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        tail = "\n  ".join(log.read_text(errors="replace").splitlines()[-8:])
        raise Problem(f"apt-get {' '.join(arguments)} failed; the end of {log}:\n  {tail}")
