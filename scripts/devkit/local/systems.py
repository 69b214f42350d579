"""The tests in other systems: minimal Debian releases, and other versions of PostgreSQL on this machine.

A minimal system has what debootstrap installs, python3, python3-venv and git: everything else is for our
commands to install. It runs in namespaces of its own, so that nothing of it is left when it ends.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from ..console import Problem, say
from . import packages, programs
from .locks import only_one
from .paths import ROOT, local

RELEASES = ("bookworm", "trixie")
INCLUDED = ("ca-certificates", "git", "python3", "python3-venv")
CLONE = Path("srv/rastro")
# What makes the networks of this machine reachable in there, too.
_NETWORK_FILES = (
    "etc/resolv.conf",
    "etc/hosts",
    "etc/pip.conf",
    "etc/ssl/certs/ca-certificates.crt",
)
_NETWORK_VARIABLES = (
    "PROXY",
    "proxy",
    "PIP_CERT",
    "SSL_CERT_FILE",
    "NODE_EXTRA_CA_CERTS",
    "PIP_DEFAULT_TIMEOUT",
)
_MOUNTS = """
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount -t tmpfs tmpfs "$1/dev/shm"
mount -t sysfs sysfs "$1/sys"
exec chroot "$1" /usr/bin/env -C "/$2" -i "${@:3}"
"""


def debian(release: str, *command: str) -> int:
    """Run a command in a new clone of HEAD in this minimal release of Debian; its exit code.

    The packages that an earlier run installed are not there: each begins with what debootstrap made.
    """
    with only_one(f"system-{release}"):
        made = _bootstrapped(release)
        root = made.with_suffix(".run")
        shutil.rmtree(root, ignore_errors=True)  # what a killed run left
        _run("cp", "--archive", "--reflink=auto", str(made), str(root))
        for name in _NETWORK_FILES:
            if (file := Path("/") / name).exists():
                shutil.copy(file, root / name)
        _clone(root / CLONE)
        try:
            return _inside(root, command)
        finally:
            shutil.rmtree(root, ignore_errors=True)


def other_postgres() -> list[programs.Installation]:
    """The versions of PostgreSQL on this machine that have all we need, without the one we use."""
    return [one for one in programs.installations() if one.major != programs.postgres().major]


def with_postgres(other: programs.Installation, *command: str) -> int:
    """Run a command in a new clone of HEAD, with a cluster of this version; its exit code."""
    with tempfile.TemporaryDirectory(prefix="rastro-") as folder:
        Path(folder).chmod(0o755)
        clone = Path(folder) / "rastro"
        _clone(clone)
        variables = os.environ | {programs.CHOSEN: str(other.major)}
        try:
            return subprocess.run(command, cwd=clone, env=variables, check=False).returncode
        finally:
            subprocess.run(["scripts/db", "stop"], cwd=clone, env=variables, check=False)


def _bootstrapped(release: str) -> Path:
    if os.geteuid() != 0:
        raise Problem("Minimal systems need root: start this command as root.")
    folder = local() / "systems" / release
    if not folder.exists():
        if not shutil.which("debootstrap"):
            packages.install(["debootstrap"], "debootstrap")
        say(f"Installing a minimal Debian {release} in {folder}")
        draft = folder.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.parent.mkdir(parents=True, exist_ok=True)
        _run("debootstrap", "--variant=minbase", f"--include={','.join(INCLUDED)}", release, str(draft))
        draft.rename(folder)
    return folder


def _clone(folder: Path) -> None:
    _run("git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder))


def _inside(root: Path, command: tuple[str, ...]) -> int:
    """In mount and process namespaces of its own: when the command ends, so do its servers and mounts."""
    variables = {"HOME": "/root", "LANG": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"} | {
        name: value for name, value in os.environ.items() if name.endswith(_NETWORK_VARIABLES)
    }
    settings = [f"{name}={value}" for name, value in variables.items()]
    namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", "-euc", _MOUNTS, "bash"]
    return subprocess.run([*namespaces, str(root), str(CLONE), *settings, *command], check=False).returncode


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(f"{command[0]} failed:\n{done.stderr.strip() or done.stdout[-2_000:]}")
