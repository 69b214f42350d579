"""The files by which Mosquitto knows users: ``passwords`` and ``acl``. Pure but for the writing itself."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_ITERATIONS = 101  # what mosquitto_passwd takes; a secret of 32 random bytes needs no more
_KINDS = ("telem", "ack", "event")

DeviceLogin = tuple[str, str, int, int]
"""User, hash, cdCliente, cdDispositivo."""


@dataclass(frozen=True, slots=True)
class User:
    """A user who is not a device, and may read or write every topic below the prefix."""

    name: str
    secret: str
    access: Literal["read", "write"]


def write(folder: Path, prefix: str, users: Sequence[User], devices: Iterable[DeviceLogin]) -> bool:
    """Write both files if they differ from those in the folder; whether they did.

    A device may publish to its own topics only: ``<prefix>/<cdCliente>/+/<cdDispositivo>/<kind>``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "passwords"
    passwords = [entry(user.name, user.secret, kept) for user in users]
    acl = [line for user in users for line in (f"user {user.name}", f"topic {user.access} {prefix}/#")]
    for name, hashed, client, device in devices:
        passwords.append(f"{name}:{hashed}")
        acl.append(f"user {name}")
        acl.extend(f"topic write {prefix}/{client}/+/{device}/{kind}" for kind in _KINDS)
    changes = [write_private(kept, passwords), write_private(folder / "acl", acl)]
    return any(changes)


def entry(user: str, secret: str, kept: Path) -> str:
    """A user's line of the password file: the one that is there if the secret is the same, or a new one."""
    for line in kept.read_text().splitlines() if kept.exists() else ():
        name, _, hashed = line.partition(":")
        parts = hashed.split("$")
        if name == user and len(parts) == 5 and hashed == _hashed(secret, base64.b64decode(parts[3])):
            return line
    return f"{user}:{_hashed(secret, os.urandom(12))}"


def _hashed(secret: str, salt: bytes) -> str:
    """A secret in Mosquitto's notation: PBKDF2 with SHA-512."""
    key = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, _ITERATIONS)
    return f"$7${_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


def write_private(path: Path, lines: Sequence[str]) -> bool:
    """Replace a file in one step, readable by its owner only. False where it already has these lines."""
    text = "".join(f"{line}\n" for line in lines)
    if path.exists() and path.read_text() == text:
        return False
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(text)
    shutil.move(draft, path)
    return True
