"""Every route asks for credentials, or is on a short public list."""

import re

from app.auth import require_credentials

PUBLIC = {
    "health.live",
    "health.ready",
    "docs.openapi_json",
    "docs.docs_page",
    "swagger.static",
    "swagger.swagger",
    "swagger.oauth2-redirect",
}


# Seen to fail: without blueprint.before_request in app/http/resource.py.
def test_every_route_finds_its_authenticator(app):
    for rule in app.url_map.iter_rules():
        blueprint = rule.endpoint.rpartition(".")[0]
        guards = app.before_request_funcs.get(blueprint, [])
        assert (require_credentials in guards) != (rule.endpoint in PUBLIC), rule


def test_every_protected_route_answers_401_without_credentials(app):
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "1", rule.rule)
        for method in rule.methods - {"OPTIONS", "HEAD"} if rule.endpoint not in PUBLIC else ():
            answer = client.open(path, method=method)
            assert (answer.status_code, answer.json["error_code"]) == (401, "UNAUTHORIZED"), rule


def test_the_public_list_holds_no_ghosts(app):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} >= PUBLIC
