"""What one device, or somebody without a login, costs the others at the broker.

A device publishes at a steady rate to a gateway's login, without a database. Beside it, in turn: nothing,
silent connections up to the limit, wrong logins, the largest packets and larger ones, messages and
subscriptions that are refused, a client that never reads, and retained messages for many
topics. Latency is from publish to delivery.
"""

import argparse
import os
import resource
import shutil
import socket
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event

import psutil
from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from app.jobs.broker_control import Control, Files

from ..console import Problem, say
from ..local import mosquitto
from ..local.paths import local
from ..local.ports import on_a_free_port
from .mqtt_load import Elsewhere, Login, Publisher, publish, subscribe

NAME = "broker"
HELP = "what floods of connections, logins, packets and unread answers cost others at the broker"

_TOPIC = "rastro/1/site/7/telem"
_LARGEST = 262_144 - 100  # mosquitto.conf: max_packet_size, and room for the header
_PATIENCE_S = 20
Harm = Callable[[Login, float], str]


@dataclass
class Seen:
    """Latencies in seconds, of so many messages published."""

    published: int
    latencies: list[float]


def add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--seconds", type=float, default=10, help="duration of each line (default: 10)")
    add("--connections", type=int, default=10_500, help="silent connections tried (default: 10500)")
    add("--rate", type=int, default=100, help="messages per second of the device (default: 100)")


def run(options: argparse.Namespace) -> None:
    folder = local() / "bench" / "broker"
    shutil.rmtree(folder, ignore_errors=True)
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    devices = {"good": "good", "bad": "bad"}
    say(f"{os.cpu_count()} cores; {options.rate} messages/s of one device; {options.seconds:g} s a line\n")
    say("beside it                |          done | delivered  p50 ms  p99 ms | broker: cores  MB")
    users = {"gateway-0": "gateway"}
    with (
        on_a_free_port(
            18_840, lambda port: mosquitto.serving(folder, port, users, devices=devices, control="job")
        ) as (_, broker),
        _job(broker),
    ):
        for name, harm in _harms(options.connections).items():
            say(_line(broker, options, name, harm))


@contextmanager
def _job(broker: mosquitto.Broker) -> Iterator[None]:
    """The connection of python -m app.jobs.broker_acl that deletes what the broker retains."""
    job = Control(broker.url, "job", Files(None, None, None), swept="rastro")
    job.open()
    try:
        yield
    finally:
        job.close()


def _line(broker: mosquitto.Broker, options: argparse.Namespace, name: str, harm: Harm) -> str:
    assert broker.process is not None
    process = psutil.Process(broker.process.pid)
    bad = Login(broker.port, "bad", "bad", "bad")
    attacker = Elsewhere(harm, bad, options.seconds)
    time.sleep(min(1.0, options.seconds))  # it has begun
    before, began = sum(process.cpu_times()[:2]), time.monotonic()
    seen = _steadily(broker, options.rate, options.seconds)
    cores = (sum(process.cpu_times()[:2]) - before) / (time.monotonic() - began)
    memory = process.memory_info().rss / 1e6
    done = attacker.result()
    p50, p99 = (1_000 * _percentile(seen.latencies, one) for one in (50, 99))
    share = f"{len(seen.latencies)}/{seen.published}"
    return f"{name:<24} | {done:>13} | {share:>9}  {p50:>6.1f}  {p99:>6.1f} | {cores:>13.2f} {memory:>3.0f}"


def _percentile(values: list[float], one: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[one - 1] if len(values) > 1 else 0.0


def _steadily(broker: mosquitto.Broker, rate: int, seconds: float) -> Seen:
    """Publish at this rate on one listener and receive on the other; new connections, both of them."""
    seen = Seen(0, [])
    with _gateway(broker, lambda sent: seen.latencies.append(time.monotonic() - sent)):
        publisher = Publisher(Login(broker.port, "good", "good", "good"))
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            publisher.send(publish(_TOPIC, b"%.6f" % now, seen.published % 65_535 + 1), 1)
            seen.published += 1
            time.sleep(max(0.0, now + 1 / rate - time.monotonic()))
        publisher.close()
        while len(seen.latencies) < seen.published and time.monotonic() < end + _PATIENCE_S:
            time.sleep(0.01)
    return seen


@contextmanager
def _gateway(broker: mosquitto.Broker, receive: Callable[[float], None]) -> Iterator[None]:
    """Somebody on the listener of gateways, who is told when each message was published."""
    ready = Event()
    client = Client(CallbackAPIVersion.VERSION2, client_id="gateway", protocol=MQTTv5)
    client.username_pw_set("gateway-0", "gateway")
    client.on_connect = lambda *_: client.subscribe(_TOPIC) and None
    client.on_subscribe = lambda *_: ready.set()
    client.on_message = lambda _c, _d, message: receive(float(message.payload))
    client.connect("127.0.0.1", broker.gateway_port)
    client.loop_start()
    try:
        if not ready.wait(_PATIENCE_S):
            raise Problem("The broker does not let a gateway subscribe.")
        yield
    finally:
        client.disconnect()
        client.loop_stop()


def _harms(connections: int) -> dict[str, Harm]:
    return {
        "nothing": lambda _login, _seconds: "",
        f"{connections:,} connections": lambda login, seconds: _silent(login, seconds, connections),
        "100 wrong logins/s": _wrong_logins,
        "packets of 256 KiB": lambda login, seconds: _flood(login, seconds, _own(_LARGEST)),
        "packets of 1 MB": lambda login, seconds: _flood(login, seconds, _own(1_000_000)),
        "refused messages": lambda login, seconds: _flood(login, seconds, publish("other", b"{}", 1) * 500),
        "refused subscriptions": lambda login, seconds: _flood(login, seconds, subscribe("$share/x/#") * 500),
        "pings, answers unread": lambda login, seconds: _flood(login, seconds, b"\xc0\x00" * 5_000),
        "retained, a topic each": _retained,
    }


def _own(size: int) -> bytes:
    """For a topic of the device to which nobody subscribes."""
    return publish("rastro/1/site/8/telem", b"x" * size, 1)


def _retained(login: Login, seconds: float) -> str:
    """The broker keeps the latest of each topic, and a device chooses the site in its topics."""
    publisher, sent, end = Publisher(login), 0, time.monotonic() + seconds + 1
    while time.monotonic() < end:
        sites = range(sent, sent + 50)
        packets = (publish(f"rastro/1/{site}/8/telem", b"{}", site % 65_535 + 1) for site in sites)
        publisher.send(b"".join(bytes([packet[0] | 1]) + packet[1:] for packet in packets), len(sites))
        sent += len(sites)
    publisher.close()
    return f"{sent:,} topics"


def _silent(login: Login, seconds: float, connections: int) -> str:
    """Connections that never say who they are. The broker leaves so many open."""
    end = time.monotonic() + seconds + 1
    held: list[socket.socket] = []
    with suppress(OSError):
        while len(held) < connections:
            held.append(socket.create_connection(("127.0.0.1", login.port), 10))
    time.sleep(max(0.0, end - time.monotonic()))
    return f"{sum(map(_is_open, held)):,} open"


def _is_open(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def _wrong_logins(login: Login, seconds: float) -> str:
    """A wrong secret, 100 times a second."""
    end, tried = time.monotonic() + seconds + 1, 0
    while (now := time.monotonic()) < end:
        with suppress(ConnectionError):
            Publisher(Login(login.port, login.user, "wrong", login.client)).close()
        tried += 1
        time.sleep(max(0.0, now + 0.01 - time.monotonic()))
    return f"{tried:,} tried"


def _flood(login: Login, seconds: float, packets: bytes) -> str:
    """The same bytes as fast as the broker takes them; no answer is read. Connects again when cut off."""
    end, sent = time.monotonic() + seconds + 1, 0
    while time.monotonic() < end:
        publisher = Publisher(login)
        publisher.connection.settimeout(1)
        with suppress(OSError):
            while time.monotonic() < end:
                publisher.connection.sendall(packets)
                sent += len(packets)
        publisher.connection.close()
    return f"{sent / 1e6:,.0f} MB taken"
