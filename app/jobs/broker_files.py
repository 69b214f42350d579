"""The files by which Mosquitto knows its users. Pure but for the writing itself.

``passwords`` says who may log in, and ``dynamic-security.json`` what they may do.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

CONTROL = "broker-acl"
"""User who may change dynamic-security.json while the broker runs."""
CONTROL_TOPIC = "$CONTROL/dynamic-security/v1"
RESPONSE_TOPIC = f"{CONTROL_TOPIC}/response"
MEMORY_TOPIC = "$SYS/broker/heap/current"
CONNECTED_TOPIC = "$SYS/broker/clients/connected"
UPTIME_TOPIC = "$SYS/broker/uptime"  # with each report; the others only when they have changed
KEPT_TOPICS = ("$SYS/broker/store/messages/count", "$SYS/broker/store/messages/bytes")
LOG_TOPIC = "$SYS/broker/log/N"
PASSWORDS, RIGHTS = "passwords", "dynamic-security.json"

_ITERATIONS = 101  # what mosquitto_passwd takes; a secret of 32 random bytes needs no more
_KINDS = ("telem", "ack", "event")
_FORGET = "forget"
_REPORTS = (RESPONSE_TOPIC, MEMORY_TOPIC, CONNECTED_TOPIC, UPTIME_TOPIC, *KEPT_TOPICS, LOG_TOPIC)

DeviceLogin = tuple[str, str, int, int]
"""User, hash, cdCliente, cdDispositivo."""


@dataclass(frozen=True, slots=True)
class User:
    """A user who is not a device, and may read or write every topic below the prefix."""

    name: str
    secret: str
    access: Literal["read", "write"]


@dataclass(slots=True)
class Rights:
    """What dynamic-security.json says: the role of each user, and the roles there are.

    A device's role is named by the topics for which it may publish, without their last part; that of another
    user ``read <prefix>`` or ``write <prefix>``, and one of the job itself ``forget <prefix>``.
    """

    users: dict[str, str] = field(default_factory=dict)
    roles: set[str] = field(default_factory=set)


def rights(prefix: str, devices: Iterable[DeviceLogin], users: Sequence[User] = ()) -> Rights:
    """The rights of these users: a device may publish to its own topics only, and read none."""
    roles = {user.name: f"{user.access} {prefix}" for user in users}
    roles |= {name: f"{prefix}/{client}/+/{device}" for name, _, client, device in devices}
    return Rights(roles, {*roles.values(), f"{_FORGET} {prefix}"})


def role(name: str) -> dict[str, Any]:
    """A role as the plugin writes it."""
    access, _, topics = name.rpartition(" ")
    match access:
        case "read":
            own, shared = f"{topics}/#", f"$share/+/{topics}/#"
            acls = [("publishClientReceive", own), ("subscribePattern", own), ("subscribePattern", shared)]
            acls += [("unsubscribePattern", own), ("unsubscribePattern", shared)]
        case "write":
            acls = [("publishClientSend", f"{topics}/#")]
        case "forget":  # look at retained messages, and publish empty ones
            kinds = ("subscribePattern", "unsubscribePattern", "publishClientReceive", "publishClientSend")
            acls = [(kind, f"{topics}/#") for kind in kinds]
        case _:
            acls = [("publishClientSend", f"{topics}/{kind}") for kind in _KINDS]
    return {"rolename": name, "acls": [_allowed(kind, topic) for kind, topic in acls]}


def client(user: str, *names: str) -> dict[str, Any]:
    """A user with its roles, as the plugin writes it. A device's login is its client id on every listener."""
    bound = {} if " " in names[0] or user == CONTROL else {"clientid": user}
    return {"username": user, **bound, "roles": [{"rolename": name} for name in names]}


def _allowed(kind: str, topic: str) -> dict[str, Any]:
    return {"acltype": kind, "topic": topic, "priority": 0, "allow": True}


def security(wanted: Rights) -> dict[str, Any]:
    """The document of the plugin. What no role allows is refused, subscriptions too."""
    forget = sorted(name for name in wanted.roles if name.startswith(f"{_FORGET} "))
    return {
        "defaultACLAccess": dict.fromkeys(
            ("publishClientSend", "publishClientReceive", "subscribe", "unsubscribe"), False
        ),
        "clients": [
            client(CONTROL, CONTROL, *forget),
            *(client(user, name) for user, name in wanted.users.items()),
        ],
        "groups": [],
        "roles": [_control(), *(role(name) for name in sorted(wanted.roles))],
    }


def write_rights(folder: Path, wanted: Rights) -> None:
    """Replace dynamic-security.json, while no broker runs: a running one overwrites it."""
    write_private(folder / RIGHTS, [json.dumps(security(wanted), indent=1)])


def write_passwords(
    folder: Path, secret: str, devices: Iterable[DeviceLogin], users: Iterable[User] = ()
) -> bool:
    """Write who may log in, with the secret of the job itself; whether that has changed."""
    kept = folder / PASSWORDS
    lines = [entry(CONTROL, secret, kept), *(entry(user.name, user.secret, kept) for user in users)]
    return write_private(kept, [*lines, *(f"{name}:{hashed}" for name, hashed, _, _ in devices)])


def names(path: Path) -> set[str]:
    """The users of a password file."""
    return {line.partition(":")[0] for line in path.read_text().splitlines()} if path.exists() else set()


def entry(user: str, secret: str, kept: Path) -> str:
    """A user's line of the password file: the one that is there if the secret is the same, or a new one."""
    for line in kept.read_text().splitlines() if kept.exists() else ():
        name, _, hashed = line.partition(":")
        parts = hashed.split("$")
        if name == user and len(parts) == 5 and hashed == _hashed(secret, base64.b64decode(parts[3])):
            return line
    return f"{user}:{_hashed(secret, os.urandom(12))}"


def write_private(path: Path, lines: Sequence[str]) -> bool:
    """Replace a file in one step, readable by its owner only. False where it already has these lines."""
    text = "".join(f"{line}\n" for line in lines)
    if path.exists() and path.read_text() == text:
        return False
    draft = path.with_name(f"{path.name}.draft")
    draft.touch(mode=0o600)
    draft.write_text(text)
    shutil.move(draft, path)
    return True


def _hashed(secret: str, salt: bytes) -> str:
    """A secret in Mosquitto's notation: PBKDF2 with SHA-512."""
    key = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, _ITERATIONS)
    return f"$7${_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


def _control() -> dict[str, Any]:
    """The role that may send commands to the plugin, and read its answers and the broker's memory."""
    read = ("publishClientReceive", "subscribeLiteral")
    acls = [_allowed(kind, topic) for kind in read for topic in _REPORTS]
    return {"rolename": CONTROL, "acls": [_allowed("publishClientSend", CONTROL_TOPIC), *acls]}
