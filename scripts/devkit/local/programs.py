"""Programs from Debian packages: PostgreSQL with extensions, Mosquitto, PgBouncer, wrk, Chromium,
nginx, HAProxy and Prometheus."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..console import Problem
from . import packages
from .paths import local

OLDEST = 15
CHOSEN = "RASTRO_POSTGRES"  # environment: a major version, where several are installed
EXTENSIONS = ("postgis", "pg_cron", "pgtap", "plpgsql_check")
PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
PGBOUNCER = "pgbouncer"
MOSQUITTO = "mosquitto"
PROXIES = {"nginx": "nginx-light", "haproxy": "haproxy"}
NO_SERVICES = Path("/usr/sbin/policy-rc.d")
PG_PROVE_PACKAGE = "libtap-parser-sourcehandler-pgtap-perl"
NO_MAIN_CLUSTER = Path("/etc/postgresql-common/createcluster.d/rastro.conf")


@dataclass(frozen=True, order=True)
class Installation:
    """One PostgreSQL on this machine."""

    major: int
    bin: Path

    def program(self, name: str) -> str:
        return str(self.bin / name)

    def missing(self) -> list[str]:
        folder = Path(_output(self.program("pg_config"), "--sharedir")) / "extension"
        return [name for name in EXTENSIONS if not (folder / f"{name}.control").exists()]

    def has_library(self, name: str) -> bool:
        folder = Path(_output(self.program("pg_config"), "--pkglibdir"))
        return any((folder / f"{name}.{suffix}").exists() for suffix in ("so", "dylib"))


@cache
def postgres() -> Installation:
    """The newest PostgreSQL that has all we need; installed by apt when there is none."""
    if found := _complete():
        return found
    if not packages.available():
        raise Problem(_wanted())
    packages.refresh()
    # Whoever has to type the line types it once, so the broker is in it.
    _install(_debian_packages() if packages.allowed() else missing_packages())
    if found := _complete():
        return found
    raise Problem(_wanted())


def servers() -> None:
    """Install what is missing of PostgreSQL and the broker if permitted; otherwise they ask for it later."""
    if packages.allowed():
        postgres()
        mosquitto()


def missing_packages() -> list[str]:
    """Debian packages to install for what this machine lacks of PostgreSQL and the broker."""
    broker = [] if _server(MOSQUITTO) else [MOSQUITTO]
    return broker if _complete() else [*_debian_packages(), *broker]


def pg_prove() -> str:
    """pgTAP's runner; installed by apt when missing."""
    if not shutil.which("pg_prove"):
        if not packages.available():
            raise Problem(_wanted())
        packages.install([PG_PROVE_PACKAGE], "pg_prove")
    return shutil.which("pg_prove") or "pg_prove"


def wrk() -> str:
    """The load generator of scripts/bench http; installed by apt when missing."""
    if not shutil.which("wrk"):
        packages.install(["wrk"], "wrk")
    return shutil.which("wrk") or "wrk"


def chromium() -> str:
    """The browser of the page's tests; installed by apt when missing. Raises Problem where it cannot be."""
    if not (found := shutil.which("chromium")):
        packages.install(["chromium"], "Chromium")
        found = shutil.which("chromium")
    return found or "chromium"


def pgbouncer() -> str:
    """The tests' transaction pooler; installed by apt when missing. Raises Problem where it cannot be."""
    if not (found := _pgbouncer()):
        with _no_services():
            packages.install([PGBOUNCER], "PgBouncer")
        disable = packages.privileged("systemctl", "disable", PGBOUNCER)
        with suppress(FileNotFoundError):
            subprocess.run(disable, check=False, capture_output=True)
        found = _pgbouncer()
    return found or PGBOUNCER


def _pgbouncer() -> str | None:
    return _server(PGBOUNCER)


def promtool() -> str:
    """Prometheus' tool for rules; installed by apt when missing. Raises Problem where it cannot be."""
    return _of_prometheus("promtool")


def prometheus() -> str:
    """Prometheus itself, likewise."""
    return _of_prometheus("prometheus")


def _of_prometheus(name: str) -> str:
    if not shutil.which(name):
        with _no_services():
            packages.install(["prometheus"], "Prometheus")
    return shutil.which(name) or name


def proxy(name: str) -> str:
    """nginx or haproxy, for tests; installed by apt when missing. Raises Problem where it cannot be."""
    if not _server(name):
        with _no_services():
            packages.install([PROXIES[name]], name)
    return _server(name) or name


def mosquitto() -> str:
    """The MQTT broker; installed by apt when missing. Raises Problem where it cannot be."""
    if not (found := _server(MOSQUITTO)):
        with _no_services():
            packages.install([MOSQUITTO], "Mosquitto")
        found = _server(MOSQUITTO)
    return found or MOSQUITTO


def _server(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")


@contextmanager
def _no_services() -> Iterator[None]:
    """Packages that are installed meanwhile start no server: Debian asks this file whether they may."""
    if NO_SERVICES.exists() or not packages.allowed():
        yield
        return
    draft = local() / "policy-rc.d"
    draft.write_text("#!/bin/sh\nexit 101\n")
    subprocess.run(packages.privileged("install", "-m", "755", str(draft), str(NO_SERVICES)), check=False)
    try:
        yield
    finally:
        subprocess.run(packages.privileged("rm", "-f", str(NO_SERVICES)), check=False)


def installations() -> list[Installation]:
    """Every PostgreSQL on this machine that has all we need."""
    return [one for one in _installations() if not one.missing()]


def _complete() -> Installation | None:
    """The newest of them, or the newest of the major version that the environment asks for."""
    chosen = os.environ.get(CHOSEN)
    return max((one for one in installations() if not chosen or one.major == int(chosen)), default=None)


def _installations() -> list[Installation]:
    folders = [folder for place in PLACES for folder in Path("/").glob(place.lstrip("/"))]
    if on_path := shutil.which("pg_config"):
        folders.append(Path(_output(on_path, "--bindir")))
    return [
        Installation(int(version.group(1)), folder)
        for folder in folders
        if all((folder / name).exists() for name in ("postgres", "initdb", "pg_ctl", "psql", "pg_config"))
        and (version := re.search(r"(\d+)", _output(str(folder / "postgres"), "--version")))
        and int(version.group(1)) >= OLDEST
    ]


def _debian_packages() -> list[str]:
    names = _output("apt-cache", "pkgnames", "postgresql-").split()
    majors = {int(found.group(1)) for name in names if (found := re.fullmatch(r"postgresql-(\d+)", name))}
    for major in sorted(majors, reverse=True):
        parts = ("", "-postgis-3", "-postgis-3-scripts", "-cron", "-pgtap", "-plpgsql-check")
        wanted = [f"postgresql-{major}{part}" for part in parts]
        if major >= OLDEST and set(wanted) <= set(names):
            return [*wanted, PG_PROVE_PACKAGE]
    raise Problem(
        f"apt has no PostgreSQL {OLDEST} or newer with {', '.join(EXTENSIONS)}; "
        "add the apt repository of the PostgreSQL project, then start again."
    )


def _install(names: list[str]) -> None:
    """Install without Debian's "main" cluster, which would start another server."""
    draft = local() / "createcluster.conf"
    draft.write_text("create_main_cluster = false\n")
    install_file = packages.privileged("install", "-D", "-m", "644", str(draft), str(NO_MAIN_CLUSTER))
    subprocess.run(install_file, check=False, capture_output=True)
    try:
        packages.install(names, "PostgreSQL")
    finally:
        remove = packages.privileged("rm", "-f", str(NO_MAIN_CLUSTER))
        subprocess.run(remove, check=False, capture_output=True)


def _wanted() -> str:
    return (
        f"PostgreSQL {OLDEST} or newer is needed, with pg_config, psql, pg_dump and the extensions "
        f"{', '.join(EXTENSIONS)}; and pg_prove for scripts/test. Install them, then start again."
    )


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
