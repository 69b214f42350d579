"""The private PostgreSQL cluster of this clone."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Any

from ..console import Problem, note
from . import postmaster, state
from .children import tail
from .locks import only_one
from .paths import local, state_dir
from .ports import free_port
from .programs import Installation, postgres

ADMIN = "supabase_admin"
MAIN_DATABASE = "rastro"
FIRST_PORT = 54322
LONGEST_SOCKET_PATH = 90


def home() -> Path:
    return state_dir() / "postgres"


def port() -> int:
    return int(state.get("postgres_port") or 0)


def running() -> bool:
    """Whether our server accepts connections. One that is starting or stopping is waited for."""
    server = postmaster.settled(_data())
    if server and server.port != port():
        state.put("postgres_port", server.port)
    return server is not None


def start(*, durable: bool = True) -> bool:
    """Start the cluster, creating it first if necessary. True if it was not running.

    One that is not durable survives the end of its processes, however they end, but not a loss of power.
    """
    with only_one("cluster"):
        if running():
            return False
        if not (_data() / "PG_VERSION").exists():
            _make()
        while not _launched(free_port(port() or FIRST_PORT), durable):
            if free_port(port()) == port():  # otherwise another clone has just taken it
                raise Problem(f"PostgreSQL did not start.{tail(home() / 'postgres.log')}")
    return True


def _launched(on: int, durable: bool) -> bool:
    state.put("postgres_port", on)
    (_data() / "rastro.conf").write_text(_configuration(postgres(), durable))
    return not _pg_ctl("start", "-w", "-t", "120", "-l", str(home() / "postgres.log")).returncode


def stop(mode: str = "fast") -> bool:
    """Stop the cluster, ending its sessions (`immediate`: as a crash would). True if it was running."""
    with only_one("cluster"):
        if not running():
            return False
        if _pg_ctl("stop", "-w", "-m", mode, "-t", "120").returncode:
            raise Problem(f"PostgreSQL did not stop. See {home() / 'postgres.log'}.")
    return True


def environment(user: str, database: str) -> dict[str, str]:
    """Variables that let psql, pg_dump and pg_prove log in without a password on the command line."""
    return {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(port()),
        "PGUSER": user,
        "PGPASSWORD": state.secret(f"password_{user}"),
        "PGDATABASE": database,
    }


def _data() -> Path:
    return home() / "data"


def _make() -> None:
    release = postgres()
    note(f"Creating a private PostgreSQL {release.major} under {home()}")
    account = server_account()
    home().mkdir(mode=0o700, exist_ok=True)
    shutil.rmtree(draft := home() / "data.new", ignore_errors=True)
    password = home() / "password"
    password.write_text(state.secret(f"password_{ADMIN}"))
    password.chmod(0o600)
    if account:
        for path in (home(), password):
            os.chown(path, account.pw_uid, account.pw_gid)
    done = _run(
        release.program("initdb"),
        *("-D", str(draft), "-U", ADMIN, f"--pwfile={password}", "--auth=scram-sha-256"),
        *("--encoding=UTF8", "--locale=C.UTF-8" if os.uname().sysname == "Linux" else "--locale=C"),
    )
    password.unlink()
    if done.returncode:
        raise Problem(f"initdb failed:\n{done.stderr.strip()}")
    with (draft / "postgresql.conf").open("a") as handle:
        handle.write("\ninclude 'rastro.conf'\n")
    # Renamed last: after an interrupted start, the next one begins again.
    draft.rename(_data())


def _configuration(release: Installation, durable: bool) -> str:
    libraries = ["pg_cron"] + ["pg_stat_statements"] * release.has_library("pg_stat_statements")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port(),
        "unix_socket_directories": _socket_dir(),
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "max_connections": 200,
        "shared_preload_libraries": ",".join(libraries),
        "cron.database_name": MAIN_DATABASE,
        "cron.use_background_workers": "on",
        "max_worker_processes": 16,
        "timezone": "UTC",
        "log_timezone": "UTC",
        "wal_level": "logical",
        "fsync": "on" if durable else "off",
        "shared_buffers": f"{max(128, min(2048, memory // 8))}MB",
        "effective_cache_size": f"{max(256, memory // 2)}MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        # One statement may touch every monthly partition of several tables.
        "max_locks_per_transaction": 256,
        # Compiling takes longer than these short queries.
        "jit": "off",
    }
    header = "# Rewritten at every start.\n"
    return header + "".join(f"{name} = '{value}'\n" for name, value in settings.items())


def _socket_dir() -> Path:
    """A folder that only the server's user can enter; below /tmp when the clone's path is too long."""
    folder = home() / "socket"
    if len(os.fsencode(folder)) > LONGEST_SOCKET_PATH:
        folder = Path("/tmp") / f"rastro-{os.geteuid()}-{port()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if account := server_account():
        os.chown(folder, account.pw_uid, account.pw_gid)
    return folder


def server_account() -> pwd.struct_passwd | None:
    """The user of the server: None for the current one, or `postgres`, as PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise Problem("PostgreSQL does not run as root: add a system user `postgres`.") from None


def _pg_ctl(action: str, *options: str) -> subprocess.CompletedProcess[str]:
    return _run(postgres().program("pg_ctl"), action, "-D", str(_data()), *options)


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    who: dict[str, Any] = {}
    if account := server_account():
        who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return subprocess.run(
        command,
        # The other user may not have access to the current folder.
        cwd=home() if home().exists() else local(),
        env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **who,
    )
