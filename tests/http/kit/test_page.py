"""The page at /: what is served of it, and under which policy."""

import re

import jwt
import pytest
from pydantic import SecretStr

from app.http import page
from app.http.application import create_app
from scripts.devkit.local.paths import ROOT
from tests.http.stubs import SETTINGS, StubBackend

WEB = ROOT / "app/web"


@pytest.fixture(scope="module")
def libraries(tmp_path_factory):
    folder = tmp_path_factory.mktemp("libraries")
    (folder / "uplot/dist").mkdir(parents=True)
    (folder / "uplot/dist/uPlot.esm.js").write_text("export default 1;\n")
    for name in ("package.json", "uplot/package.json"):
        (folder / name).write_text("{}")
    return folder


@pytest.fixture(scope="module")
def client(libraries):
    settings = SETTINGS.model_copy(update={"web_libraries": str(libraries)})
    return create_app(settings, StubBackend()).test_client()


def _policy(answer):
    return dict(part.split(maxsplit=1) for part in answer.headers["Content-Security-Policy"].split(";"))


# Seen to fail: with 'unsafe-inline' for styles.
@pytest.mark.parametrize("path", ["/", "/web/main.js", "/web/style.css", "/web/lib/uplot.mjs"])
def test_it_runs_its_own_code_and_talks_to_this_server_only(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    policy = _policy(answer)
    assert policy["default-src"] == policy["frame-ancestors"] == policy["form-action"] == "'none'"
    assert policy["img-src"] == "'self' data:"
    assert {policy[name] for name in ("script-src", "style-src", "connect-src", "worker-src")} == {"'self'"}


# Seen to fail: with style="…", and with a script in index.html.
def test_nothing_in_it_needs_more_than_that():
    text = (WEB / "index.html").read_text()
    assert not re.search(r"\s(on\w+|style)=", text)
    assert re.findall(r"<script[^>]*>([^<]*)</script>", text) == [""]
    assert "<style" not in text
    for file in WEB.glob("*.js"):
        code = file.read_text()
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(|new Function", code), file
        assert not re.search(r"[\"'`]https?://", code), file


# Seen to fail: with another name for table.js in main.js.
def test_whatever_it_names_is_served(client):
    named = set(re.findall(r'(?:src|href)="(web/[^"]+)"', client.get("/").text))
    for file in WEB.glob("*.js"):
        named |= {f"web/{one}" for one in re.findall(r'(?:from|import\() ?"\./([\w.-]+)"', file.read_text())}
    named -= {"web/openapi.js"}  # types only, made for the check of types
    assert {"web/main.js", "web/style.css", "web/api.js"} <= named
    for name in named:
        answer = client.get(f"/{name}")
        assert answer.status_code == 200, name
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.mimetype == {"js": "text/javascript", "css": "text/css"}.get(
            name.rpartition(".")[2], "image/svg+xml"
        )


# Seen to fail: without make_conditional.
@pytest.mark.parametrize("path", ["/", "/web/main.js", "/web/lib/uplot.mjs"])
def test_browsers_keep_it_and_ask_whether_it_still_holds(client, path):
    first = client.get(path)
    assert first.headers["Cache-Control"] == "public, no-cache"
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_what_changes_is_served_as_it_is(client, libraries):
    file = libraries / "uplot/dist/uPlot.esm.js"
    first = client.get("/web/lib/uplot.mjs")
    file.write_text("export default 2;\n")
    again = client.get("/web/lib/uplot.mjs", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.text) == (200, "export default 2;\n")


# Seen to fail: with files of the libraries' folder that are not listed.
@pytest.mark.parametrize(
    "path",
    [
        "/web/",
        "/web",
        "/web/nothing.js",
        "/web/__init__.py",
        "/web/../http/page.py",
        "/web/%2e%2e/http/page.py",
        "/web/..%2fhttp%2fpage.py",
        "/web/lib/",
        "/web/lib/package.json",
        "/web/lib/uplot/package.json",
        "/web/lib/..%2fuplot%2fpackage.json",
        "/web/lib/uplot.css",
        "/web/lib/maplibre-gl.mjs",
    ],
)
def test_nothing_else_is_served(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.json["error_code"]) == (404, "NOT_FOUND")
    assert client.get("/web/lib/uplot.mjs").status_code == 200


# Seen to fail: with all libraries in the answer.
def test_it_says_which_libraries_are_there(client):
    found = client.get("/web/settings.json").json
    assert found == {"libraries": ["uplot"], "stream": False, "auth": None, "map": None}


_PROJECT = "https://project.example"
_TILES = {"map_url": "https://tiles.example/{z}/{x}/{y}.png", "map_attribution": "© somebody"}


def _jwt(role: str) -> str:
    return jwt.encode({"role": role}, "s" * 32, algorithm="HS256")


def test_it_asks_only_those_who_are_set():
    more = _TILES | {"map_origins": ("https://fonts.example",), "supabase_url": f"{_PROJECT}/x"}
    settings = SETTINGS.model_copy(update=more | {"supabase_key": SecretStr("sb_publishable_1")})
    client = create_app(settings, StubBackend()).test_client()
    policy = _policy(client.get("/"))
    assert policy["img-src"] == "'self' data: https://tiles.example https://fonts.example"
    assert policy["connect-src"] == f"'self' https://tiles.example https://fonts.example {_PROJECT}"
    assert {policy[name] for name in ("script-src", "style-src", "worker-src")} == {"'self'"}
    found = client.get("/web/settings.json").json
    assert found["map"] == {"url": _TILES["map_url"], "attribution": "© somebody"}
    assert found["auth"] == {"url": f"{_PROJECT}/x", "key": "sb_publishable_1"}


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("", False),
        ("sb_publishable_1", True),
        ("sb_secret_1", False),
        (_jwt("anon"), True),
        (_jwt("service_role"), False),
        ("something else", False),
    ],
)
def test_a_key_that_looks_like_a_secret_is_not_shown(key, shown):
    settings = SETTINGS.model_copy(update={"supabase_url": _PROJECT, "supabase_key": SecretStr(key)})
    assert page.public_key(settings) == (key if shown else "")
    assert (_PROJECT in page.policy(settings)) == shown


# Seen to fail: without text/javascript among COMPRESS_MIMETYPES.
def test_it_travels_compressed(client):
    answer = client.get("/web/main.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
