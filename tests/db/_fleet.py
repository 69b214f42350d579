"""A small fleet whose devices, sensors and sites tests know by number, and people to act for it."""

import uuid
from dataclasses import dataclass
from typing import Any

from psycopg2.extras import execute_values

CLIENT, CHILD, STRANGER = 1, 2, 3
UNKNOWN = 999_999


@dataclass(frozen=True)
class Site:
    """Where a device is meant to be: degrees, and the radius in metres, each possibly unknown."""

    code: int
    latitude: float | None
    longitude: float | None
    radius: float | None


@dataclass(frozen=True)
class Sensor:
    code: int
    item: int | None = None
    point: str | None = None


@dataclass(frozen=True)
class Device:
    code: int
    client: int
    site: Site | None
    sensors: tuple[Sensor, ...] = ()
    battery_unit: str = "V"


@dataclass(frozen=True)
class Fleet:
    """Clients with their parents, the product items of each client, and devices."""

    parents: dict[int, int | None]
    items: dict[int, tuple[int, ...]]
    devices: tuple[Device, ...]

    def device(self, code: int) -> Device | None:
        return next((device for device in self.devices if device.code == code), None)


SITE = Site(1, -23.5505, -46.6333, 500.0)
SITE_WITHOUT_RADIUS = Site(2, -23.5505, -46.6333, None)
SITE_WITHOUT_COORDINATES = Site(3, None, None, 500.0)
SENSORS = (Sensor(11, 1, "weight"), Sensor(12, None, "door"), Sensor(13, 2))
FLEET = Fleet(
    parents={CLIENT: None, CHILD: CLIENT, STRANGER: None},
    items={CLIENT: (1, 2), CHILD: (2,), STRANGER: (3,)},
    devices=(
        Device(1, CLIENT, SITE, SENSORS),
        Device(2, CHILD, SITE_WITHOUT_RADIUS, (Sensor(21, None, "weight"),)),
        Device(3, CLIENT, SITE_WITHOUT_COORDINATES),
        Device(4, CLIENT, None),
        Device(9, STRANGER, SITE, (Sensor(91, None, "secret"),)),
    ),
)


def install(db: Any, fleet: Fleet = FLEET) -> None:
    """Write the fleet; `db` is a connection of the owner."""
    sites = {device.site for device in fleet.devices if device.site}
    sensors = [(s.code, d.code, s.item, s.point) for d in fleet.devices for s in d.sensors]
    devices = [(d.code, d.client, d.site and d.site.code) for d in fleet.devices]
    _insert(db, '"TbCliente" ("cdCliente", "cdClientePai")', fleet.parents.items())
    _insert_products(db, fleet)
    _insert(
        db,
        '"TbEndereco" ("cdEndereco", "dsLat", "dsLong")',
        [(s.code, s.latitude, s.longitude) for s in sites],
    )
    _insert(
        db,
        '"TbDestinatario" ("cdDestinatario", "cdEndereco", "nrRaio")',
        [(s.code, s.code, s.radius) for s in sites],
    )
    _insert(db, '"TbDispositivo" ("cdDispositivo", "cdCliente", "cdDestinatario")', devices)
    _insert(
        db,
        '"TbSensor" ("cdTipoSensor", "cdSensor", "cdDispositivo", "cdProdutoItem", "dsPonto")',
        [(3, *sensor) for sensor in sensors],
    )


def _insert_products(db: Any, fleet: Fleet) -> None:
    """One product for each client, numbered as the client."""
    items = {item for items in fleet.items.values() for item in items}
    _insert(db, '"TbProdutoItem" ("cdProdutoItem")', [(item,) for item in items])
    _insert(db, '"TbProduto" ("cdProduto", "cdCliente")', [(client, client) for client in fleet.items])
    joined = [(item, client) for client, items in fleet.items.items() for item in items]
    _insert(db, '"TbProdutoItemJoinTable" ("cdProdutoItem", "cdProduto")', joined)


def add_user(db: Any, client: int, role: str = "default") -> str:
    """Add a person of this client; returns auth.users.id."""
    user = str(uuid.uuid4())
    with db.cursor() as cursor:
        cursor.execute("insert into auth.users (id) values (%s)", (user,))
        cursor.execute(
            'insert into profiles (id, "cdCliente", role) values (%s, %s, %s) '
            'on conflict (id) do update set "cdCliente" = excluded."cdCliente", role = excluded.role',
            (user, client, role),
        )
    return user


def add_key(db: Any, user: str, *permissions: str, clients: list[int] | None = None) -> str:
    """Add an API key of this person; returns its SHA-256."""
    digest = uuid.uuid4().hex * 2
    with db.cursor() as cursor:
        cursor.execute(
            'insert into "TbApiKeys" ("cdUsuario", "dsHash", "cdClientes", "dsPermissoes") '
            "values (%s, %s, %s, %s)",
            (user, digest, clients, list(permissions)),
        )
    return digest


def execute(db: Any, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Run one statement; returns its rows, if any."""
    with db.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def _insert(db: Any, into: str, rows: Any) -> None:
    if rows := list(rows):
        with db.cursor() as cursor:
            execute_values(cursor, f"insert into {into} values %s", rows)
