"""A private MQTT broker, configured by app/ingest/mosquitto.conf, in a folder of its own."""

import getpass
import secrets
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from app.jobs import broker_files

from ..console import Problem
from . import children, ports, programs
from .paths import ROOT

CONFIGURATION = ROOT / "app" / "ingest" / "mosquitto.conf"
_START_S = 15
TLS = (
    "cafile ca.pem", "certfile broker.pem", "keyfile broker.key",
    "require_certificate true", "use_identity_as_username true",
)  # fmt: skip
"""Lines for listeners with client certificates: ca.pem, broker.pem and broker.key are in the folder."""


@dataclass
class Broker:
    """A running broker, which can be stopped and started with the same ports and data."""

    folder: Path
    port: int  # of devices
    gateway_port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where devices connect."""
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def gateway_url(self) -> str:
        """Where gateways connect, and publishers who may publish for every device."""
        return f"mqtt://127.0.0.1:{self.gateway_port}"

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
        for port in (self.port, self.gateway_port):
            children.wait_until_listening(
                port, self.process, _START_S, self.folder / "mosquitto.log", "mosquitto"
            )

    def reload(self) -> None:
        """Read passwords, ACL and certificates again."""
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
    folder: Path,
    port: int,
    gateways: Mapping[str, str],
    publishers: Mapping[str, str] = MappingProxyType({}),
    devices: Mapping[str, str] = MappingProxyType({}),
    *,
    more: Sequence[str] = (),
    control: str = "",
) -> Iterator[Broker]:
    """A broker with these users (name: secret), stopped when the block ends.

    Publishers on the listener of gateways, and devices on theirs, may publish to all topics below ``rastro``.
    Each listener gets ``more`` lines. ``control`` is the secret of the user who changes rights.
    """
    folder.mkdir(parents=True, exist_ok=True)
    users = [broker_files.User(name, secret, "read") for name, secret in gateways.items()]
    users += [broker_files.User(name, secret, "write") for name, secret in publishers.items()]
    wanted = broker_files.rights("rastro", [], users)
    wanted.users |= dict.fromkeys(devices, "rastro/+/+/+")
    wanted.roles |= set(wanted.users.values())
    broker_files.write_rights(folder, wanted)
    users += [broker_files.User(name, secret, "write") for name, secret in devices.items()]
    broker_files.write_passwords(folder, control or secrets.token_hex(), [], users)
    with running(folder, port, more) as broker:
        yield broker


@contextmanager
def running(folder: Path, port: int, more: Sequence[str] = ()) -> Iterator[Broker]:
    """A broker with the files in this folder, and with more lines for each listener, such as TLS."""
    broker = Broker(folder, port, ports.free_port(port + 1))
    (folder / "mosquitto.conf").write_text(_configuration(broker, more))
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()


def _configuration(broker: Broker, more: Sequence[str]) -> str:
    """That of the project with these ports, and with more lines for each listener.

    What Mosquitto writes to the standard output stays in a buffer, to a file it does not.
    """
    text = f"user {getpass.getuser()}\n{CONFIGURATION.read_text()}"
    ours = {"log_dest stdout": ["log_dest file mosquitto.log"]}
    ours["port 1883"] = [f"port {broker.port}", "bind_address 127.0.0.1", *more]
    ours["listener 1884 127.0.0.1"] = [f"listener {broker.gateway_port} 127.0.0.1", *more]
    for line, lines in ours.items():
        if text.count(f"\n{line}\n") != 1:
            raise Problem(f"{CONFIGURATION.name}: there must be one line {line}.")
        text = text.replace(f"\n{line}\n", "\n".join(["", *lines, ""]))
    return text
