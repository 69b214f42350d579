"""Logins of devices at a real Mosquitto: who may publish where, replaced without a gap, ended; and TLS.

Comments name changes that were tried and make the test fail.
"""

import datetime
import ipaddress
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from scripts.devkit.local import mosquitto, ports
from scripts.devkit.local.databases import BROKER, set_password, url
from scripts.devkit.local.locks import only_one
from scripts.devkit.local.paths import ROOT, state_dir
from tests.acceptance.gateway import Stage, staged
from tests.acceptance.senders import until
from tests.http import callers

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(120)]

GATEWAY = "of the gateway"
Login = tuple[str, str]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    folder = state_dir() / "broker-logins"
    with only_one("broker-logins"):
        shutil.rmtree(folder, ignore_errors=True)
        with staged(folder) as found:
            yield found
        shutil.rmtree(folder)


def write(stage: Stage) -> bool:
    """The files, as the job writes them; the broker reads them at once."""
    folder = stage.broker.folder
    before = [(folder / name).read_bytes() for name in ("passwords", "acl")]
    set_password(BROKER)
    environment = {
        "RASTRO_BROKER_ACL_URL": url(BROKER, stage.database.name),
        "RASTRO_MQTT_PASSWORD": GATEWAY,
    }
    subprocess.run(
        [sys.executable, "-m", "app.jobs.broker_acl", "--folder", str(folder)],
        cwd=ROOT, env={**os.environ, **environment}, check=True,
    )  # fmt: skip
    stage.broker.reload()
    time.sleep(0.3)
    return before != [(folder / name).read_bytes() for name in ("passwords", "acl")]


def login(stage: Stage, device: int) -> Login:
    """A new one, made by an admin; what the device had stays good for a day."""
    with closing(psycopg2.connect(stage.database.api_url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', %s, true);"
            " select public.criar_credencial(%s)",
            (json.dumps({"sub": callers.ADMIN}), device),
        )
        made = cursor.fetchall()[0][0]
        connection.commit()
    return made["dsUsuario"], made["dsSegredo"]


@contextmanager
def connected(stage: Stage, name: Login | None) -> Iterator[Client | None]:
    """A client with this login; None where the broker refuses it."""
    told: list[bool] = []
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5, reconnect_on_failure=False)
    client.on_connect = lambda _c, _d, _f, reason, _p: told.append(not reason.is_failure)
    if name:
        client.username_pw_set(*name)
    client.connect("127.0.0.1", stage.broker.port)
    client.loop_start()
    try:
        until(lambda: bool(told), 10)
        yield client if told[0] else None
    finally:
        client.disconnect()
        client.loop_stop()


def lets_in(stage: Stage, name: Login | None) -> bool:
    with connected(stage, name) as client:
        return client is not None


def publishes(stage: Stage, name: Login, topic: str) -> bool:
    """Whether the broker takes a message for this topic."""
    told: list[bool] = []
    with connected(stage, name) as client:
        assert client is not None
        client.on_publish = lambda _c, _d, _m, reason, _p: told.append(not reason.is_failure)
        client.publish(topic, b"{}", qos=1)
        until(lambda: bool(told), 10)
    return told[0]


# Fails with "topic write <prefix>/#" and with + for the client.
def test_a_device_publishes_for_itself_only(stage: Stage) -> None:
    name = login(stage, 7)
    assert not lets_in(stage, name), "not yet"
    assert write(stage)
    assert not write(stage), "nothing has changed"
    assert lets_in(stage, name)
    own = stage.clients[7]
    for kind in ("telem", "ack", "event"):
        assert publishes(stage, name, f"rastro/{own}/loja/7/{kind}")
    for topic in (f"rastro/{own}/loja/6/telem", "rastro/2/loja/7/telem", f"rastro/{own}/loja/7/cmd", "other"):
        assert not publishes(stage, name, topic)
    assert not lets_in(stage, None)
    assert not lets_in(stage, (name[0], "wrong"))


# Fails when the old login ends at once.
def test_logins_are_replaced_without_a_gap_and_end(stage: Stage) -> None:
    old, new = login(stage, 6), login(stage, 6)
    write(stage)
    assert lets_in(stage, old)
    assert lets_in(stage, new)
    with stage.cursor() as cursor:
        cursor.execute(
            """update "TbDispositivoCredencial" set "dtExpiracao" = now() where "dsUsuario" = %s""", (old[0],)
        )
    write(stage)
    assert not lets_in(stage, old)
    assert lets_in(stage, new)


def test_a_gateway_speaks_tls_with_a_certificate_of_its_own(stage: Stage) -> None:
    folder = stage.folder / "tls"
    folder.mkdir()
    _certificates(folder)
    acl = ["user gateway", "topic read rastro/#"]
    with ports.on_a_free_port(18_883, lambda port: mosquitto.serving(folder, port, {}, acl, tls=True)) as (
        _,
        broker,
    ):
        plain = stage.gateways(
            RASTRO_MQTT_URL=f"mqtts://127.0.0.1:{broker.port}", **_files(folder, "ca", "gateway")
        )
        with plain as (gateway,):
            until(lambda: gateway.value("ingest_broker_connected") == 1)
        strange = stage.gateways(
            ready=False,
            RASTRO_MQTT_URL=f"mqtts://127.0.0.1:{broker.port}",
            **_files(folder, "ca", "stranger"),
        )
        with strange as (gateway,):
            time.sleep(3)
            assert gateway.value("ingest_broker_connected") == 0


def _files(folder: Path, ca: str, own: str) -> dict[str, str]:
    return {
        "RASTRO_MQTT_CA_FILE": str(folder / f"{ca}.pem"),
        "RASTRO_MQTT_CERT_FILE": str(folder / f"{own}.pem"),
        "RASTRO_MQTT_KEY_FILE": str(folder / f"{own}.key"),
    }


def _certificates(folder: Path) -> None:
    """Of an authority, the broker and the gateway; and of somebody whom another authority knows."""
    ca, key = _issue(folder, "ca", None)
    _issue(folder, "broker", (ca, key))
    _issue(folder, "gateway", (ca, key))
    _issue(folder, "stranger", _issue(folder, "other-ca", None))


def _issue(
    folder: Path, name: str, by: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by[0].subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(by[1] if by else key, hashes.SHA256())
    )
    (folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, key
