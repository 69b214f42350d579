"""A PostgreSQL as initdb makes it, in a folder of its own, and commands as its operator types them."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.devkit.local import cluster, ports, programs
from tests._lib.places import first_port

_PASSWORD = "of the superuser"


@dataclass(frozen=True)
class Server:
    """`folder` is of the account that PostgreSQL runs as; `data` is below it."""

    folder: Path
    port: int

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str) -> str:
        """The superuser's."""
        return f"postgresql://postgres:{_PASSWORD.replace(' ', '%20')}@127.0.0.1:{self.port}/{database}"

    def make(self) -> None:
        """What initdb makes; it does not wait for the disk, as no power is lost."""
        password = self.folder / "password"
        password.write_text(_PASSWORD)
        _give(password)
        named = ("-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password}")
        self.run("initdb", "--no-sync", "-D", str(self.data), *named)
        self.configure("fsync = off\n")

    def configure(self, settings: str) -> None:
        """Add lines to postgresql.conf."""
        with (self.data / "postgresql.conf").open("a") as out:
            out.write(settings)

    @contextmanager
    def running(self, *settings: str) -> Iterator[None]:
        """The server, until the block ends."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= "
        options += " ".join(f"-c {setting}" for setting in settings)
        control = ("pg_ctl", "-D", str(self.data), "-w")
        log = str(self.folder / "log")
        try:
            self.run(*control, "-l", log, "-o", options, "start")
        except AssertionError as error:
            raise AssertionError((self.folder / "log").read_text()) from error
        try:
            yield
        finally:
            self.run(*control, "-m", "immediate", "stop")

    def shell(self, script: str, **variables: str) -> str:
        """What a script prints that runs as the account of the server; its first error ends it."""
        return self.run("bash", "-euc", script, PGDATA=str(self.data), **variables)

    def run(self, *words: str, **variables: str) -> str:
        """What a command prints, in both streams. AssertionError when it fails."""
        own = {
            "PATH": f"{programs.postgres().bin}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": "postgres",
            "PGPASSWORD": _PASSWORD,
        }
        account = cluster.server_account()
        done = subprocess.run(
            words,
            cwd=self.folder,
            env=own | variables,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            stdin=subprocess.DEVNULL,
            # What pg_ctl starts keeps these open: a pipe would not end.
            stdout=(out := (self.folder / "output").open("w+")),
            stderr=out,
            check=False,
        )
        out.seek(0)
        with out:
            said = out.read()
        assert done.returncode == 0, f"{words}\n{said}"
        return said


def on_a_port(folder: Path, first: int = 54_700) -> Server:
    """A server to be made in a new folder."""
    return Server(new_folder(folder), ports.free_port(first_port(first)))


def new_folder(path: Path) -> Path:
    """A folder that the server may write to."""
    path.mkdir()
    _give(path)
    return path


def _give(path: Path) -> None:
    if account := cluster.server_account():
        os.chown(path, account.pw_uid, account.pw_gid)
