"""python -m app.jobs.geocoding: finds addresses for current positions (by geopy). Off unless configured.

Ingestion never waits for it. Each cell of about 100 m is looked up once, at most one request a second, at a
Nominatim server (the public one demands this, a user agent with your contact, and the attribution of
OpenStreetMap wherever addresses are shown: ``dsFonte``). If the server does not answer, limits us or sends
invalid answers, the circuit opens. It is kept in the database, so that several processes together ask no more
often than one.
"""

from __future__ import annotations

import argparse
import logging
import threading
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from geopy.adapters import URLLibAdapter
from geopy.exc import GeocoderRateLimited, GeopyError
from geopy.geocoders import Nominatim
from pydantic import Field

from app import logs
from app.environment import NONE, Dsn, Level, SettingsError, Text, Url, Variables, required, variable

from .database import Session, end_on_signals, repeat

_log = logging.getLogger("app.jobs")  # run by -m, __name__ is another
_AT_A_TIME = 1_000  # positions that get known addresses in one statement
_LONGEST_PAUSE_S = 600.0
_DAY_S = 86_400.0
_PARTS = {
    "dsLogradouro": ("road", "pedestrian", "footway", "path", "cycleway"),
    "nrNumero": ("house_number",),
    "dsBairro": ("suburb", "neighbourhood", "quarter", "city_district"),
    "dsCep": ("postcode",),
    "dsCidade": ("city", "town", "village", "municipality", "county"),
    "dsUF": ("ISO3166-2-lvl4", "state"),
}
_MAX_TEXT = 200  # characters of a part

Address = dict[str, str | None]
Cell = tuple[int, int]
"""Latitude and longitude in thousandths of a degree."""


class GeocodingSettings(Variables):
    """Settings of ``python -m app.jobs.geocoding``."""

    url: Url = variable("RASTRO_GEOCODING_URL", "", "Nominatim server; empty: no addresses are looked up")
    user_agent: Text = variable(
        "RASTRO_GEOCODING_USER_AGENT", "", "who asks: name and contact, as the server's policy demands"
    )
    interval_ms: Annotated[int, Field(ge=1_000, le=3_600_000)] = variable(
        "RASTRO_GEOCODING_INTERVAL_MS", 1_000, "milliseconds between two questions"
    )
    timeout_s: Annotated[int, Field(ge=1, le=60)] = variable(
        "RASTRO_GEOCODING_TIMEOUT_S", 10, "seconds an answer may take"
    )
    database_url: Dsn = variable(
        "RASTRO_MAINTENANCE_URL", NONE, "PostgreSQL, logging in as rastro_manutencao"
    )
    log_level: Level = variable("RASTRO_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR")

    @classmethod
    def missing(cls, environ: Mapping[str, str | None]) -> list[str]:
        """See Variables."""
        if not environ.get("RASTRO_GEOCODING_URL"):
            return []
        return required(environ, "RASTRO_MAINTENANCE_URL", "RASTRO_GEOCODING_USER_AGENT")


class Away(Exception):
    """The server cannot be used for now; ``retry_after_s`` if it said for how long."""

    def __init__(self, cause: str, retry_after_s: float = 0.0) -> None:
        super().__init__(cause)
        self.retry_after_s = retry_after_s


def nominatim(settings: GeocodingSettings) -> Callable[[float, float], Address | None]:
    """A function that returns the address of a point, None if there is none. It raises Away."""
    address = urlsplit(settings.url)
    server = Nominatim(
        user_agent=settings.user_agent,
        timeout=settings.timeout_s,
        domain=f"{address.netloc}{address.path.rstrip('/')}",
        scheme=address.scheme,
        adapter_factory=URLLibAdapter,  # the default one retries by itself, sooner than the server asks
    )

    def ask(latitude: float, longitude: float) -> Address | None:
        try:
            found = server.reverse((latitude, longitude), exactly_one=True, addressdetails=True)
            return None if found is None else parts(found.raw)
        except GeocoderRateLimited as error:
            raise Away("rate limited", float(error.retry_after or 0)) from error
        except GeopyError as error:
            raise Away(f"{type(error).__name__}: {error}") from error
        # geopy reads members of an answer without checking them
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise Away(f"invalid answer: {error!r}") from error

    return ask


def parts(raw: Mapping[str, Any]) -> Address | None:
    """Columns of TbEndereco from an answer; None without any. Raises KeyError or TypeError."""
    address = raw["address"]
    if not isinstance(address, dict):
        raise TypeError("address is not an object")
    found = {column: _first(address, names) for column, names in _PARTS.items()}
    found["dsFonte"] = _first(raw, ("licence",))
    if found["dsUF"] and found["dsUF"].startswith("BR-"):
        found["dsUF"] = found["dsUF"].removeprefix("BR-")
    return found if any(found[column] for column in _PARTS) else None


def _first(address: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    texts = (address.get(name) for name in names)
    return next((text[:_MAX_TEXT] for text in texts if isinstance(text, str) and "\x00" not in text), None)


class Store:
    """What the database knows of addresses, on a connection of its own."""

    def __init__(self, url: str) -> None:
        self._session = Session(url, "geocoding")

    def put_known(self) -> int:
        """Put known addresses on current positions; returns how many."""
        return int(self._ask("select private.apply_addresses(%s)", _AT_A_TIME)[0][0])

    def missing(self, but: Collection[Cell]) -> Cell | None:
        """A cell whose address is not known, the latest first."""
        latitudes, longitudes = [cell[0] for cell in but], [cell[1] for cell in but]
        question = "select * from private.cells_without_address(1, %s::integer[], %s::integer[])"
        found = self._ask(question, latitudes, longitudes)
        return found[0] if found else None

    def keep(self, cell: Cell, address: Address | None) -> None:
        """Remember the address of a cell, or that it has none."""
        columns = None if address is None else msgspec.json.encode(address).decode()
        self._ask("select private.store_address(%s, %s, %s)", *cell, columns)

    def may_ask(self, interval_s: float) -> bool:
        """Whether a request may be sent now; if so, none may be for so many seconds, by any process."""
        return bool(self._ask("select private.take_turn(%s)", interval_s)[0][0])

    def wait(self, seconds: float) -> None:
        """Let no process send a request for so many seconds."""
        self._ask("select private.postpone_turn(%s)", seconds)

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def _ask(self, question: str, *values: Any) -> list[Any]:
        return self._session.rows(question, *values)


class Geocoder:
    """Works in steps; ``step`` returns the seconds until the next one."""

    def __init__(self, ask: Callable[[float, float], Address | None], interval_s: float) -> None:
        self._ask, self._interval_s = ask, interval_s
        self._failures = 0
        self._failed: set[Cell] = set()

    def step(self, store: Store) -> float:
        """Put known addresses on positions, and look up one that is missing if a request may be sent."""
        store.put_known()
        cell = self._next(store)
        if cell and store.may_ask(self._interval_s):
            try:
                store.keep(cell, self._ask(cell[0] / 1_000, cell[1] / 1_000))
                store.put_known()
                self._failures = 0
            except Away as away:
                self._fail(store, cell, away)
        return self._interval_s

    def _next(self, store: Store) -> Cell | None:
        """The cell to look up; those that failed come last."""
        cell = store.missing(self._failed)
        if cell is None and self._failed:
            self._failed.clear()
            return store.missing(())
        return cell

    def _fail(self, store: Store, cell: Cell, away: Away) -> None:
        """Open the circuit for all processes. The cell comes last from now on: it may be the reason."""
        self._failures += 1
        self._failed.add(cell)
        pause_s = min(_LONGEST_PAUSE_S, self._interval_s * 2 ** min(self._failures, 10))
        wait_s = max(pause_s, min(away.retry_after_s, _DAY_S))
        store.wait(wait_s)
        _log.warning(
            "geocoder_away",
            extra={"fields": {"cause": str(away), "failures": self._failures, "wait_s": wait_s}},
        )


def work(settings: GeocodingSettings, wait: Callable[[float], bool]) -> None:
    """Look addresses up until ``wait`` returns True. A database that is away is waited for."""
    interval_s = settings.interval_ms / 1_000
    geocoder = Geocoder(nominatim(settings), interval_s)
    with closing(Store(settings.database_url.get_secret_value())) as store:
        repeat("geocoding", lambda: geocoder.step(store), wait, interval_s)


def main() -> None:
    """Until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m app.jobs.geocoding", description=__doc__)
    parser.parse_args()
    try:
        settings = GeocodingSettings.from_env()
    except SettingsError as error:
        parser.error(str(error))
    logs.configure(settings.log_level)
    if not settings.url:
        parser.error("RASTRO_GEOCODING_URL is empty: no addresses are looked up")
    end_on_signals(exit_code=0)
    _log.info("geocoding_started", extra={"fields": {"server": settings.url}})
    work(settings, threading.Event().wait)


if __name__ == "__main__":
    main()
