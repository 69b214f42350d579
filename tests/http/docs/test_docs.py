"""/openapi.json, /docs and /types/supabase.ts."""

import json
import re

import pytest
from openapi_spec_validator import validate

from app.http.v2.api_keys.schemas import ApiKey, NewApiKey
from app.http.v2.history.schemas import HistoryPage
from app.http.v2.quarantine.schemas import Quarantined, QuarantinePage, Replayed
from scripts.devkit.local.paths import ROOT, TYPES
from tests.http import callers
from tests.http.kit.test_routes import PUBLIC

CURSOR = {"type": "string", "maxLength": 1_000}


@pytest.fixture(scope="module")
def parts(app):
    """The description of v2, and that of the legacy routes."""
    return [app.test_client().get(path).json for path in ("/openapi.json", "/openapi-v1.json")]


@pytest.fixture(scope="module")
def description(parts):
    """Both together."""
    v2, v1 = parts
    schemas = v1["components"]["schemas"] | v2["components"]["schemas"]
    return {**v2, "paths": v2["paths"] | v1["paths"], "components": {"schemas": schemas}}


# Seen to fail: without security_schemes.
def test_they_are_valid_openapi_3_1(parts):
    for one in parts:
        assert one["openapi"].startswith("3.1.")
        validate(one)


# Seen to fail: without Replay in docs.init_app.
def test_every_reference_leads_somewhere(parts):
    for one in parts:
        named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(one)))
        assert named
        assert named == set(one["components"]["schemas"])


def test_v2_is_described_alone_and_legacy_routes_name_their_successors(parts):
    v2, v1 = parts
    assert all(path.startswith(("/v2/", "/health/", "/metrics")) for path in v2["paths"])
    for path, methods in v1["paths"].items():
        for operation in methods.values():
            assert operation["deprecated"], path
            successor = re.search(r"Use `(/v2/[^`]+)` instead", operation["description"])[1]
            assert successor in v2["paths"], (path, successor)


def _schemas(node):
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _schemas(value)
    elif isinstance(node, list):
        for value in node:
            yield from _schemas(value)


def test_nothing_misleads_generators_of_clients(parts):
    for one in parts:
        assert not [node for node in _schemas(one) if node.get("default", 0) is None]
        groups: dict[str, int] = {}
        for methods in one["paths"].values():
            for operation in methods.values():
                groups[operation["tags"][0]] = groups.get(operation["tags"][0], 0) + 1
                for parameter in operation.get("parameters", []):
                    assert {"type": "null"} not in parameter["schema"].get("anyOf", []), parameter
        assert set(groups) == {tag["name"] for tag in one["tags"] if tag["description"]}
        assert max(groups.values()) <= 12, groups


def test_what_the_framework_leaves_out_is_described(parts):
    v2, _ = parts
    for path, methods in v2["paths"].items():
        for method, operation in methods.items():
            headers = {one["name"] for one in operation["parameters"] if one["in"] == "header"}
            if path.startswith("/v2/") and method == "get" and path != "/v2/stream":
                assert "304" in operation["responses"], path
                assert "ETag" in operation["responses"]["200"]["headers"], path
                assert "If-None-Match" in headers, path
            assert ("412" in operation["responses"]) == ("If-Match" in headers), path
            for status, response in operation["responses"].items():
                if status in ("429", "503"):
                    assert "Retry-After" in response["headers"], path
                for kind, media in response.get("content", {}).items():
                    assert "json" not in kind or "example" in media, (path, method, status)
    for path in ("/v2/data/points", "/v2/HistoricoPaginaDispositivo/{cdDispositivo}"):
        assert "Content-Disposition" in v2["paths"][path]["get"]["responses"]["200"]["headers"]


# What holds lists, but is one thing: who calls, charts, a track as GeoJSON.
NOT_LISTS = {"Me", "Chart", "CategoryChart", "RetentionPreview", "DeletionReceipt"}
SERVICE_ONLY = {
    ("delete", "/v2/clientes/{cdCliente}/guardas-legais/{cdGuardaLegal}"),
    ("put", "/v2/exclusoes/{cdExclusao}"),
    ("get", "/v2/exclusoes/{cdExclusao}"),
    ("get", "/v2/exclusoes"),
}


# Seen to fail: with `dispositivos` for `data` in dispositivos-resumo.
def test_every_list_of_v2_is_data_and_next_cursor(parts):
    schemas, found = parts[0]["components"]["schemas"], 0
    for path, methods in parts[0]["paths"].items():
        answer = methods.get("get", {"responses": {}})["responses"].get("200", {})
        schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
        for option in schema.get("anyOf", [schema]) if path.startswith("/v2/") else []:
            assert option.get("type") != "array", path
            name = option.get("$ref", "").rpartition("/")[2]
            members = schemas.get(name, option).get("properties", {})
            is_row = name.endswith("Row") or "{" in path.rpartition("/")[2]
            if name in NOT_LISTS or (is_row and "nextCursor" not in members):
                continue
            if any(member.get("type") == "array" for member in members.values()):
                assert {"data", "nextCursor"} <= members.keys(), path
                found += 1
    assert found > 20


def _bare(schema):
    """A schema without what only people read."""
    return {name: value for name, value in schema.items() if name not in ("title", "description", "example")}


# Seen to fail: on v2 as it was: numbers in the registry, quarantine and invitations, UUIDs in people and
# keys, text elsewhere.
def test_every_cursor_is_a_text(parts):
    asked = {
        f"{method} {path}": parameter["schema"]
        for path, methods in parts[0]["paths"].items()
        for method, operation in methods.items()
        for parameter in operation.get("parameters", [])
        if parameter["name"] == "cursor"
    }
    wrong = {name: schema for name, schema in asked.items() if _bare(schema) != CURSOR}
    assert (wrong, len(asked) > 20) == ({}, True)
    answered = [
        schema["properties"]["nextCursor"]
        for schema in _schemas(parts[0])
        if "nextCursor" in schema.get("properties", {})
    ]
    text_or_null = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert [schema for schema in answered if _bare(schema) != text_or_null] == []
    assert len(answered) > 20


# Seen to fail: on v2 as it was: nextCursor was 1.
def test_a_cursor_is_answered_as_a_text_and_taken_as_the_number_it_was(admin):
    for path in ("/v2/produtos", "/v2/cliente/1/produtos", "/v2/cliente/1/produto/1/dispositivos-resumo"):
        page = admin.get(path, pageSize=1).json
        assert isinstance(page["nextCursor"], str), path
        assert admin.get(path, pageSize=1, cursor=int(page["nextCursor"])).json["data"] != page["data"]
        refused = admin.get(path, cursor="not one")
        assert (refused.status_code, refused.json["error_code"]) == (400, "INVALID_PARAMETER")
        assert refused.json["error"] == "cursor must be nextCursor of the previous page"


def test_every_error_code_is_described(parts):
    known = set(parts[0]["components"]["schemas"]["Error"]["properties"]["error_code"]["enum"])
    said = {
        code
        for file in (ROOT / "sql").rglob("*.sql")
        if "online" not in file.parts
        for code in re.findall(r"hint = '([A-Z_]+)'", file.read_text())
    }
    for file in (ROOT / "app" / "http").rglob("*.py"):
        said |= set(re.findall(r'ApiError\(\s*\d+, "([A-Z_]+)"', file.read_text()))
    assert said - {"OLD"} <= known
    assert len(said) > 15


def test_every_route_is_described(app, description):
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in PUBLIC or rule.endpoint.startswith(("health.", "metrics."))
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, methods in description["paths"].items() for method in methods}
    assert described == routes


# Seen to fail: without abp_security, or without 403, in resource().
def test_every_operation_names_its_errors_and_credentials(description):
    for path, methods in description["paths"].items():
        for operation in methods.values():
            protected = not path.startswith(("/health/", "/metrics"))
            shape = "Error" if path.startswith(("/v1/", "/v2/")) or not protected else "Message"
            assert {"500"} | ({"401", "403", "503"} if protected else set()) <= set(operation["responses"])
            assert bool(operation.get("security")) == protected
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    schema = response["content"]["application/json"]["schema"]
                    assert schema == {"$ref": f"#/components/schemas/{shape}"}


def test_the_examples_work_on_the_demo(gateway, description):
    one = description["paths"]["/v2/posicoes"]["post"]["requestBody"]["content"]["application/json"][
        "examples"
    ]
    many = description["paths"]["/v2/posicoes/lote"]["post"]["requestBody"]["content"]["application/json"][
        "examples"
    ]
    for example in one.values():
        assert gateway.post("/v2/posicoes", example["value"]).status_code in (200, 201)
    for example in many.values():
        answer = gateway.post("/v2/posicoes/lote", example["value"])
        assert answer.json["stored"] + answer.json["duplicate"] == len(example["value"])


# Seen to fail: with another place for the description.
def test_the_page_needs_no_other_server(app):
    client = app.test_client()
    page = client.get("/docs", follow_redirects=True)
    assert page.status_code == 200
    # Seen to fail: before, with 404.
    assert client.get("/docs/", follow_redirects=True).data == page.data
    assert not re.search(r"(src|href)=\"(https?:)?//", page.text)
    assert "../openapi.json" in page.text
    for asset in re.findall(r"(?:src|href)=\"([^\"]+)\"", page.text):
        assert client.get(f"/docs/{asset}").status_code == 200


def test_rows_are_described_as_they_come(gateway, reader, reading, description):
    gateway.post("/v2/posicoes", reading())
    rows = reader.get("/v2/TbPosicaoAtual", cdProduto=1).json["data"]
    assert set(rows[0]) == set(description["components"]["schemas"]["CurrentPosition"]["properties"])


@pytest.mark.parametrize("model", [HistoryPage, QuarantinePage, Quarantined, Replayed, ApiKey, NewApiKey])
def test_examples_are_what_they_are_examples_of(description, model):
    example = description["components"]["schemas"][model.__name__]["example"]
    assert model.model_validate_json(json.dumps(example), strict=True)


# Seen to fail: with another content type, without a charset, with credentials asked for.
def test_the_types_are_typescript_for_anybody(app, description):
    answer = app.test_client().get("/types/supabase.ts")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/typescript; charset=utf-8"
    assert answer.data == TYPES.read_bytes()
    assert "/types/supabase.ts" in description["info"]["description"]


# Seen to fail: with "Unknown parameters are" at the end of a line and "400." at the start of the next.
def test_no_line_begins_as_a_numbered_list_by_accident(parts):
    """/docs draws Markdown: a line that begins with a number and a full stop becomes a list."""
    texts = [node["description"] for node in _schemas(parts) if isinstance(node.get("description"), str)]
    assert len(texts) > 100
    assert [text for text in texts if re.search(r"^\s*\d+[.)](\s|$)", text, re.MULTILINE)] == []


# Seen to fail: without make_conditional; with an ETag of the moment.
def test_who_has_the_types_is_not_sent_them_again(app):
    client = app.test_client()
    first = client.get("/types/supabase.ts")
    assert first.cache_control.public
    again = client.get("/types/supabase.ts", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get("/types/supabase.ts", headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.headers["ETag"]) == (200, first.headers["ETag"])


def _asked(operation):
    """Path and query as the description's examples have them; what may be left out is left out."""
    given = {"path": {}, "query": {}}
    for parameter in operation.get("parameters", []):
        if parameter["required"] or "example" in parameter:
            given[parameter["in"]][parameter["name"]] = parameter["example"]
    return given["path"], given["query"]


def _bodies(operation):
    content = operation.get("requestBody", {}).get("content", {})
    return [example["value"] for example in content.get("application/json", {}).get("examples", {}).values()]


def _misread(told):
    """What JavaScript would take for another time or number; what devices say themselves is left out."""
    if isinstance(told, dict):
        return [one for name, value in told.items() if name != "jsMeta" for one in _misread(value)]
    if isinstance(told, list):
        return [one for value in told for one in _misread(value)]
    is_instant = isinstance(told, str) and re.match(r"\d{4}-\d\d-\d\dT\d", told)
    is_large = isinstance(told, int | float) and abs(told) > 2**53
    return [told] if is_large or (is_instant and not told.endswith("Z")) else []


# Seen to fail: without examples in a path; with a device that the demo does not have.
def test_every_route_has_an_example_that_works_on_the_demo(admin, gateway, reading, description):
    gateway.post("/v2/posicoes", reading())
    admin.post("/v2/posicoes", {"cdDispositivo": 7})
    key = admin.post("/v2/api-keys", {"dsNome": "of an example"}).json["cdApiKey"]
    login = admin.post("/v2/dispositivos/7/credenciais", {}).json["cdCredencial"]
    by_chance = {
        "cdApiKey": key,
        "cdCredencial": login,
        "cdErro": admin.get("/v2/erros-ingestao").json["data"][0]["cdErro"],
    }
    # What deletes comes last, and one of something before all of it.
    order = sorted(description["paths"].items(), key=lambda item: ("delete" in item[1], -item[0].count("/")))
    for path, methods in order:
        if path == "/v2/stream":
            continue  # a program of its own answers
        turns = {"put": -1, "delete": 1}  # a receipt is read once it is there
        for method, operation in sorted(methods.items(), key=lambda item: turns.get(item[0], 0)):
            if "requestBody" in operation and not _bodies(operation):
                content = operation["requestBody"]["content"]
                assert content.keys() & {"multipart/form-data", "text/csv", "image/png"}
                for kind, sent in content.items():
                    if "example" in sent:
                        headers = {**admin.headers, "Content-Type": kind}
                        answer = admin.client.open(path, method=method, data=sent["example"], headers=headers)
                        assert answer.status_code in (200, 201), (path, answer.text)
                continue
            given, query = _asked(operation)
            url = path.format(**(given | {name: by_chance[name] for name in given if name in by_chance}))
            who = callers.as_user(callers.SERVICE) if (method, path) in SERVICE_ONLY else dict(admin.headers)
            for body in _bodies(operation) or [None]:
                answer = admin.client.open(url, method=method, query_string=query, json=body, headers=who)
                wanted = 404 if path.endswith("/arquivo") else 201  # the demo has rows of pictures, no files
                if answer.status_code == 409 and (method == "delete" or path.endswith("/aceitar")):
                    continue  # the demo has rows that refer to it; its admin has a client
                assert answer.status_code <= wanted, (method, url, query, body, answer.text)
                if path.startswith("/v2/") and answer.is_json:
                    assert not _misread(answer.json), (method, url)


GUIDES = ("README.md", "app/http/README.md", "app/ingest/README.md")


# Seen to fail: with a route in a guide that does not exist; with one that the API guide does not name.
def test_the_readme_names_the_routes_that_there_are(app, description):
    text = "\n".join((ROOT / guide).read_text() for guide in GUIDES)
    adapter = app.url_map.bind("localhost")
    named = {
        found.split("?")[0].rstrip(".") for found in re.findall(r"(?<![\w$}])/(?:v1|v2)/[\w/<>.-]+", text)
    }
    for path in named:
        if path.startswith("/v2/stream"):  # of a program of its own
            continue
        url = re.sub(r"<[^>]*>", "1", path.rstrip("/"))
        routes = {rule.rule for rule in app.url_map.iter_rules()}
        assert (
            adapter.test(url, "GET")
            or adapter.test(url, "POST")
            or adapter.test(url, "PATCH")
            or adapter.test(url, "PUT")
            or any(route.startswith(url + "/") for route in routes)
        ), path
    words = set(re.findall(r"[\w-]+", (ROOT / "app/http/README.md").read_text()))
    for path in description["paths"]:
        if path.startswith("/v2/"):
            assert path.split("/")[2] in words, path


def test_the_page_leads_to_the_documentation(app):
    client = app.test_client()
    assert '<a href="docs"' in client.get("/").text
    answer = client.get("/docs", follow_redirects=True)
    assert (answer.status_code, answer.request.path) == (200, "/docs/swagger")
