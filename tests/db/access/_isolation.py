"""Four clients, everybody who may ask for their rows, and a way to ask as each of them.

Every code of client n lies from n×100 on (device 301 is of client 3); what belongs to nobody is below 100.
Client 3 is a child of 1, and 4 a child of 3: people see their client and its direct children.
"""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psycopg2

from tests._lib.databases import Database

WORLD = Path(__file__).with_name("_isolation_world.sql")


def person(number: int) -> str:
    """The auth id of person n01: somebody of client n."""
    return f"00000000-0000-4000-8000-{number:012}"


def key_hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


@dataclass(frozen=True)
class Caller:
    """Whom a gateway (Flask, PostgREST) says it speaks for: database role and claims, for one transaction.

    `key`: the text of the API key whose hash is claimed.
    """

    claims: dict[str, Any] = field(default_factory=dict)
    role: str = "authenticated"
    settings: dict[str, str] = field(default_factory=dict)
    key: str = ""

    def entry(self) -> tuple[str, list[str]]:
        """The statement the application puts before a call, and its values. All of it is local."""
        claims = json.dumps(self.claims) if self.claims else ""
        settings = {"role": self.role, "request.jwt.claims": claims, **self.settings}
        calls = ", ".join("set_config(%s, %s, true)" for _ in settings)
        return f"select {calls}; ", [text for setting in settings.items() for text in setting]


def by_key(name: str) -> Caller:
    return Caller({"role": "authenticated", "key_sha256": key_hash(name)}, key=name)


def by_person(number: int) -> Caller:
    return Caller({"role": "authenticated", "sub": person(number)})


# What a client might put into a token or a setting to be taken for somebody else.
LIES: dict[str, Any] = {
    "role": "service_role",
    "cdCliente": 1,
    "cdClientes": [1, 2],
    "dsPermissoes": ["read", "ingest", "admin"],
    "app_metadata": {"role": "service", "cdClientes": [1, 2]},
    "user_metadata": {"role": "service", "cdClientes": [1, 2]},
}
FORGED_SETTINGS = {
    "request.jwt.claim.sub": person(102),
    "request.jwt.claim.role": "service_role",
    "request.jwt.claim": json.dumps({"sub": person(102), "role": "service_role"}),
    "rastro.clientes": "*",
    "rastro.chamador": "0" * 64 + '(user,user:x,1,"{1,2,3,4}","{read,ingest,admin}",t)',
    "search_path": "pg_temp, public",
}

CALLERS = {
    "anon": Caller(role="anon"),
    "unset": Caller(),
    "unknown": Caller({"sub": person(99)} | LIES, settings=FORGED_SETTINGS),
    "reader1": by_person(101),
    "admin1": by_person(102),
    "reader3": by_person(301),
    "liar3": Caller({"sub": person(301)} | LIES, settings=FORGED_SETTINGS),
    "admin3": by_person(302),
    "admin2": by_person(202),
    "key-read1": by_key("read"),
    "key-ingest1": by_key("ingest"),
    "key-limited": by_key("limited"),
    "key-mighty": by_key("mighty"),
    "key-expired": by_key("expired"),
    "key-inactive": by_key("inactive"),
    "key-orphan": by_key("orphan"),
    "key-moved": by_key("moved"),
    "key-gateway": by_key("gateway"),
    "key-auditor": by_key("auditor"),
    "tracker1": Caller({"cd_dispositivo": "101"}),
    "tracker2": Caller({"cd_dispositivo": "201"}),
    "service": by_person(1),
    "service_role": Caller(role="service_role"),
}


@dataclass(frozen=True)
class Outcome:
    """What became of one statement: its rows and their number, or the error."""

    rows: list[tuple[Any, ...]]
    count: int
    state: str = ""
    message: str = ""
    raised_by: str = ""
    hint: str = ""
    detail: str = ""

    @classmethod
    def of(cls, error: psycopg2.Error) -> Self:
        """The error of a statement."""
        told = error.diag
        where, hint, detail = told.source_function, told.message_hint, told.message_detail
        return cls([], 0, error.pgcode or "", str(error), where or "", hint or "", detail or "")

    @property
    def refused(self) -> bool:
        """The privilege is missing, whatever the rows: neither a policy nor a trigger said so of one."""
        return self.state == "42501" and self.raised_by not in ("ExecWithCheckOptions", "exec_stmt_raise")

    @property
    def denied(self) -> bool:
        """It did nothing, as it was not for this caller. Keys and history are asked about after that."""
        return self.count <= 0 and self.state in ("", "42501", "PT401", "PT403")


class World:
    """The filled database. Each caller comes in by the application's login, or, where that cannot act in its
    role (anon, service_role), by the owner's, as PostgREST would."""

    def __init__(self, database: Database) -> None:
        self.owner = _connect(database.owner_url)
        self.application = _connect(database.api_url)
        people = {"expired": 102, "inactive": 102, "read": 102, "ingest": 102, "limited": 102, "mighty": 101}
        people |= {
            "orphan": 3,
            "moved": 202,
            "gateway": 1,
            "auditor": 1,
            "of301": 301,
            "of302": 302,
            "of401": 401,
        }
        keys = json.dumps(
            [{"name": name, "hash": key_hash(name), "user": person(n)} for name, n in people.items()]
        )
        with self.owner.cursor() as cursor:
            cursor.execute("select set_config('world.keys', %s, false)", (keys,))
            cursor.execute(WORLD.read_text())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.owner.close()
        self.application.close()

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a statement of the owner, whom no policy binds."""
        with self.owner.cursor() as cursor:
            cursor.execute(statement, values or None)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows

    def ask(self, caller: Caller, statement: str, *values: Any, keep: bool = True) -> Outcome:
        """Run a statement as a caller: entry and statement in one string, one transaction, one round trip.

        `keep=False` undoes whatever it does.
        """
        connection = self.application if caller.role == "authenticated" else self.owner
        entry, settings = caller.entry()
        with connection.cursor() as cursor:
            try:
                cursor.execute(("" if keep else "begin; ") + entry + statement, (*settings, *values))
                rows = cursor.fetchall() if cursor.description else []
                return Outcome(rows, cursor.rowcount)
            except psycopg2.Error as error:
                return Outcome.of(error)
            finally:
                if not keep:
                    cursor.execute("rollback")

    def attempt(self, caller: Caller, statement: str, *values: Any) -> Outcome:
        """What is allowed is undone; what is denied is kept, so that a test can see that nothing changed."""
        outcome = self.ask(caller, statement, *values, keep=False)
        return self.ask(caller, statement, *values) if outcome.denied else outcome


def _connect(url: str) -> Any:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    return connection
