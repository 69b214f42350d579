"""Which commands lead a broker from the rights it has to those it is to have. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .broker_files import Rights, client, role

Command = dict[str, Any]
"""Of the dynamic-security plugin."""


def changes(has: Rights, wanted: Rights) -> Iterator[Command]:
    """Commands that lead from one to the other: first what ends, then what begins."""
    for user, name in has.users.copy().items():
        if wanted.users.get(user) != name:
            yield {"command": "deleteClient", "username": user}
    for name in sorted(has.roles - wanted.roles):
        yield {"command": "deleteRole", "rolename": name}
    for user, name in wanted.users.items():
        if name not in has.roles:
            yield {"command": "createRole", **role(name)}
        if user not in has.users:
            yield {"command": "createClient", **client(user, name)}


def note(has: Rights, command: Command) -> None:
    """What the broker has after a command."""
    match command["command"]:
        case "deleteClient":
            del has.users[command["username"]]
        case "deleteRole":
            has.roles.remove(command["rolename"])
        case "createRole":
            has.roles.add(command["rolename"])
        case "createClient":
            has.users[command["username"]] = command["roles"][0]["rolename"]
