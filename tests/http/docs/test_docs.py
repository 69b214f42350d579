"""/openapi.json, /docs and /types/supabase.ts."""

import json
import re

import pytest
from openapi_spec_validator import validate

from app.http.v2.api_keys.schemas import ApiKey, NewApiKey
from app.http.v2.history.schemas import HistoryPage
from app.http.v2.quarantine.schemas import Quarantined, QuarantinePage, Replayed
from scripts.devkit.local.paths import ROOT, TYPES
from tests.http.kit.test_routes import PUBLIC


@pytest.fixture(scope="module")
def description(app):
    return app.test_client().get("/openapi.json").json


# Seen to fail: without security_schemes.
def test_it_is_valid_openapi_3_1(description):
    assert description["openapi"].startswith("3.1.")
    validate(description)


# Seen to fail: without Replay in docs.init_app.
def test_every_reference_leads_somewhere(description):
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(description)))
    assert named
    assert named <= set(description["components"]["schemas"])


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
        for method, operation in sorted(methods.items(), key=lambda item: item[0] == "delete"):
            if "requestBody" in operation and not _bodies(operation):
                content = operation["requestBody"]["content"]
                assert content.keys() & {"multipart/form-data", "text/csv"}
                for kind, sent in content.items():
                    if "example" in sent:
                        headers = {**admin.headers, "Content-Type": kind}
                        answer = admin.client.open(path, method=method, data=sent["example"], headers=headers)
                        assert answer.status_code in (200, 201), (path, answer.text)
                continue
            given, query = _asked(operation)
            url = path.format(**(given | {name: by_chance[name] for name in given if name in by_chance}))
            for body in _bodies(operation) or [None]:
                answer = admin.client.open(
                    url, method=method, query_string=query, json=body, headers=dict(admin.headers)
                )
                wanted = 404 if path.endswith("/arquivo") else 201  # the demo has rows of pictures, no files
                if answer.status_code == 409 and (method == "delete" or path.endswith("/aceitar")):
                    continue  # the demo has rows that refer to it; its admin has a client
                assert answer.status_code <= wanted, (method, url, query, body, answer.text)


GUIDES = ("README.md", "app/http/README.md", "app/ingest/README.md")


# Seen to fail: with a route in a guide that does not exist; with one that the API guide does not name.
def test_the_readme_names_the_routes_that_there_are(app, description):
    text = "\n".join((ROOT / guide).read_text() for guide in GUIDES)
    adapter = app.url_map.bind("localhost")
    named = {
        found.split("?")[0].rstrip(".") for found in re.findall(r"(?<![\w$}])/(?:v1|v2)/[\w/<>.-]+", text)
    }
    for path in named:
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
