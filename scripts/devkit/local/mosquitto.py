"""A private MQTT broker, configured by app/ingest/mosquitto.conf, in a folder of its own."""

import getpass
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from app.jobs.broker_files import entry, write_private

from . import children, programs
from .paths import ROOT

CONFIGURATION = ROOT / "app" / "ingest" / "mosquitto.conf"
_START_S = 15
_TLS = (
    "cafile ca.pem", "certfile broker.pem", "keyfile broker.key",
    "require_certificate true", "use_identity_as_username true",
)  # fmt: skip


@dataclass
class Broker:
    """A running broker, which can be stopped and started with the same port and data."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Return when it listens. Raises PortTaken when another process does, Problem if it fails."""
        log = (self.folder / "mosquitto.log").open("ab")
        with log:
            self.process = subprocess.Popen(
                [programs.mosquitto(), "-c", "mosquitto.conf"],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        children.wait_until_listening(
            self.port, self.process, _START_S, self.folder / "mosquitto.log", "mosquitto"
        )

    def reload(self) -> None:
        """Read passwords and ACL again."""
        if self.process:
            self.process.send_signal(signal.SIGHUP)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop it; with SIGTERM it saves its messages first."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@contextmanager
def serving(
    folder: Path, port: int, users: Mapping[str, str], acl: Sequence[str], *, tls: bool = False
) -> Iterator[Broker]:
    """A broker with these users (name: secret) and lines of its ACL, stopped when the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    passwords = folder / "passwords"
    write_private(passwords, [entry(name, secret, passwords) for name, secret in users.items()])
    write_private(folder / "acl", acl)
    with running(folder, port, tls=tls) as broker:
        yield broker


@contextmanager
def running(folder: Path, port: int, *, tls: bool = False) -> Iterator[Broker]:
    """A broker in a folder with its passwords and acl; for TLS with ca.pem, broker.pem and broker.key too."""
    ours = [f"listener {port} 127.0.0.1", f"user {getpass.getuser()}"]
    (folder / "mosquitto.conf").write_text(
        "\n".join([*ours, *(_TLS if tls else ()), CONFIGURATION.read_text()])
    )
    broker = Broker(folder, port)
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()
