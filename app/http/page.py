"""The page at /, its modules under /web, and libraries for it under /web/lib. Public: it serves no data.

What is served is listed when the application starts, so that no path leads anywhere else.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import jwt
from flask import Blueprint, Flask, Response, request

from app.errors import from_status
from app.http.kit.call import reply, settings
from app.settings import Settings

_WEB = Path(__file__).parents[1] / "web"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
# By the name it is asked for: the file below the folder of libraries, which npm fills.
LIBRARIES = {
    "maplibre-gl.mjs": "maplibre-gl/dist/maplibre-gl.mjs",
    "maplibre-gl-shared.mjs": "maplibre-gl/dist/maplibre-gl-shared.mjs",
    "maplibre-gl-worker.mjs": "maplibre-gl/dist/maplibre-gl-worker.mjs",
    "maplibre-gl.css": "maplibre-gl/dist/maplibre-gl.css",
    "maplibre-gl.txt": "maplibre-gl/LICENSE.txt",
    "uplot.mjs": "uplot/dist/uPlot.esm.js",
    "uplot.css": "uplot/dist/uPlot.min.css",
    "uplot.txt": "uplot/LICENSE",
    "countries.json": "world-atlas/countries-50m.json",
    "countries.txt": "world-atlas/LICENSE",
}
_MAIN = {"maplibre-gl": "maplibre-gl.mjs", "uplot": "uplot.mjs", "countries": "countries.json"}
_POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:{map};"
    " connect-src 'self'{map}{auth}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

_MODULES = {file.name: file for file in _WEB.iterdir() if file.suffix in (".js", ".css", ".svg")}
_MODULES["avenues.json"] = _WEB / "avenues.json"

page = Blueprint("page", __name__)


def init_app(app: Flask) -> None:
    """Serve them."""
    app.register_blueprint(page)


@page.get("/")
def root() -> Response:
    """The page."""
    return _served(_WEB / "index.html")


@page.get("/web/<name>")
def module(name: str) -> Response:
    """A module, a style or a picture of the page. Raises ApiError 404."""
    return _served(_MODULES.get(name))


@page.get("/web/settings.json")
def page_settings() -> Response:
    """What the page can use here: installed libraries, the stream, sign-in by Supabase Auth, another map."""
    given = settings()
    folder = Path(given.web_libraries)
    installed = [name for name, file in _MAIN.items() if (folder / LIBRARIES[file]).is_file()]
    key = public_key(given)
    return reply(
        {
            "libraries": installed,
            "stream": bool(given.stream_url),
            "auth": {"url": given.supabase_url, "key": key} if key else None,
            "map": {"url": given.map_url, "attribution": given.map_attribution} if given.map_url else None,
        }
    )


@page.get("/web/lib/<name>")
def library(name: str) -> Response:
    """A file of a library. Raises ApiError 404, also where the libraries are not installed."""
    file = LIBRARIES.get(name)
    return _served(Path(settings().web_libraries, file) if file else None)


def policy(given: Settings) -> str:
    """What browsers let the page do: its own code, and requests to what is set, nothing else."""
    maps = dict.fromkeys([_origin(given.map_url), *given.map_origins]) if given.map_url else {}
    auth = f" {_origin(given.supabase_url)}" if public_key(given) else ""
    return _POLICY.format(map="".join(f" {one}" for one in maps), auth=auth)


def public_key(given: Settings) -> str:
    """The project's key, if it may be shown to everybody; empty if it looks like a secret."""
    key = given.supabase_key.get_secret_value()
    if not given.supabase_url or key.startswith("sb_publishable_"):
        return key if given.supabase_url else ""
    try:
        role = jwt.decode(key, options={"verify_signature": False}).get("role")
    except jwt.PyJWTError:
        return ""
    return key if role == "anon" else ""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _served(file: Path | None) -> Response:
    """The file, which browsers keep and ask for again each time: 304 while it is the same."""
    if file is None or not file.is_file():
        raise from_status(404)
    content, tag = _read(file, file.stat().st_mtime_ns)
    response = Response(content, content_type=_TYPES[file.suffix or ".txt"])
    response.headers["Content-Security-Policy"] = policy(
        settings()
    )  # of workers, too: theirs is that of their script
    response.headers["Cache-Control"] = "public, no-cache"
    response.set_etag(tag, weak=True)
    return cast(Response, response.make_conditional(request))


@lru_cache(maxsize=64)
def _read(file: Path, changed: int) -> tuple[bytes, str]:
    content = file.read_bytes()
    return content, sha256(content).hexdigest()[:32]
