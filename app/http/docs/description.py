"""The API description as clients need it: v2 alone, the legacy routes apart, and what the framework lacks.

The framework describes parameters, bodies and answers. This adds headers, 304, examples, tags and the
licence, and takes out what misleads generators of clients: ``default: null`` makes them ask for every field,
and a query cannot hold null.
"""

from __future__ import annotations

import copy
import re
from typing import Any

from app.errors import CODES
from app.http.kit.successors import SUCCESSORS

from .examples import example_of
from .tags import TAGS, tag_of

Json = dict[str, Any]

_METHODS = ("get", "put", "post", "patch", "delete")
_LICENCE = {"name": "MIT", "identifier": "MIT"}
_SERVERS = [{"url": "/", "description": "This server"}]
_OF_V1 = (
    "Routes kept for applications older than v2. Each names its successor; answers have Deprecation and "
    "Sunset."
)
_TEXT = {"type": "string"}
_ETAG = {"description": "Version of what is answered", "schema": _TEXT}
_FILE = {"description": "Name of the file", "schema": _TEXT}
_DEPRECATED = {
    "Deprecation": {"description": "Since when, @ and seconds since 1970 (RFC 9745)", "schema": _TEXT},
    "Sunset": {"description": "From when on the route may be gone (RFC 8594)", "schema": _TEXT},
    "Link": {"description": 'The route that takes its place, rel="successor-version"', "schema": _TEXT},
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "ETag of an answer you have: if it is unchanged, the answer is 304 and empty.",
    "schema": _TEXT,
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "ETag of the row as you read it: if it has changed since, the answer is 412, and nothing "
    "is done.",
    "schema": _TEXT,
}
_UNCHANGED = {"description": "Unchanged since the ETag in If-None-Match", "headers": {"ETag": _ETAG}}


def of_v2(described: Json) -> Json:
    """Routes of v2, health and metrics."""
    doc = _part(described, lambda path: path.startswith(("/v2/", "/health/", "/metrics")))
    for path, method, operation in _operations(doc):
        operation["tags"] = [tag_of(path, operation["tags"][0])]
        _add_headers(path, method, operation)
        _describe_events(operation)
    used = {operation["tags"][0] for _, _, operation in _operations(doc)}
    doc["tags"] = [{"name": name, "description": text} for name, text in TAGS.items() if name in used]
    return _finished(doc)


def of_v1(described: Json) -> Json:
    """The legacy routes, all deprecated."""
    doc = _part(described, lambda path: not path.startswith(("/v2/", "/health/", "/metrics")))
    doc["info"] |= {"title": "Rastro, legacy routes", "version": "1", "description": _OF_V1}
    for path, _, operation in _operations(doc):
        operation["deprecated"] = True
        successor = SUCCESSORS[re.sub(r"\{(\w+)\}", r"<\1>", path)]
        about = operation.get("description") or operation["summary"]
        operation["description"] = f"{about} Use `{successor}` instead."
        for response in operation["responses"].values():
            response["headers"] = response.get("headers", {}) | _DEPRECATED
    return _finished(doc)


def _part(described: Json, wanted: Any) -> Json:
    doc = copy.deepcopy(described)
    doc["paths"] = {path: methods for path, methods in doc["paths"].items() if wanted(path)}
    doc["info"] |= {"license": _LICENCE}
    doc["servers"] = _SERVERS
    used = {operation["tags"][0] for _, _, operation in _operations(doc)}
    doc["tags"] = [tag for tag in doc["tags"] if tag["name"] in used]
    return doc


def _operations(doc: Json) -> list[tuple[str, str, Json]]:
    return [
        (path, method, operation)
        for path, methods in doc["paths"].items()
        for method, operation in methods.items()
        if method in _METHODS
    ]


def _add_headers(path: str, method: str, operation: Json) -> None:
    """ETag and conditions where they work, and the name of a file."""
    responses, parameters = operation["responses"], operation.setdefault("parameters", [])
    if not path.startswith("/v2/"):
        operation.setdefault("security", [])
        responses.setdefault("400", copy.deepcopy(responses["500"]) | {"description": "Malformed request"})
        return
    found = responses.get("200", {})
    if method == "get" and "text/event-stream" not in found.get("content", {}):
        parameters.append(_IF_NONE_MATCH)
        responses["304"] = _UNCHANGED
        found["headers"] = {"ETag": _ETAG}
        if any("json" not in kind for kind in found.get("content", {})) and "/arquivo" not in path:
            found["headers"]["Content-Disposition"] = _FILE
    if "412" in responses:
        parameters.append(_IF_MATCH)
        if method == "patch":
            found["headers"] = {"ETag": _ETAG}


def _describe_events(operation: Json) -> None:
    """A stream is a text, and what is in it is JSON; the framework cannot say so."""
    media = operation["responses"].get("200", {}).get("content", {}).get("text/event-stream")
    if media:
        inside = {"contentMediaType": "application/json", "contentSchema": media["schema"]}
        media["schema"] = _TEXT | inside


def _finished(doc: Json) -> Json:
    doc = _without_null_defaults(doc)
    schemas = doc["components"]["schemas"]
    _require_all_of_rows(schemas)
    for _, _, operation in _operations(doc):
        for parameter in operation.get("parameters", []):
            _without_null(parameter)
        for status, response in operation["responses"].items():
            _add_examples(status, response, schemas)
    _drop_unused(doc)
    return doc


def _without_null_defaults(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            name: _without_null_defaults(value)
            for name, value in node.items()
            if not (name == "default" and value is None)
        }
    return [_without_null_defaults(one) for one in node] if isinstance(node, list) else node


def _require_all_of_rows(schemas: Json) -> None:
    """Rows come with all their columns; what devices say of themselves only when it is read."""
    for name, schema in schemas.items():
        if name.endswith("Row"):
            schema["required"] = [one for one in schema["properties"] if one not in ("jsMeta", "dtMeta")]


def _without_null(parameter: Json) -> None:
    """A parameter that may be left out is not null."""
    schema = parameter["schema"]
    options = [one for one in schema.pop("anyOf", []) if one.get("type") != "null"]
    if len(options) == 1:
        schema |= options[0]
    elif options:
        schema["anyOf"] = options
    schema.pop("title", None)


def _add_examples(status: str, response: Json, schemas: Json) -> None:
    for kind, media in response.get("content", {}).items():
        if "json" not in kind or "example" in media or "examples" in media:
            continue
        example = example_of(media["schema"], schemas)
        if int(status) >= 400 and "error_code" in example:
            example = {"error": response["description"], "error_code": CODES[int(status)]}
        elif int(status) >= 400:
            example = {"message": example["message"]}
        media["example"] = example


def _drop_unused(doc: Json) -> None:
    """Schemas that nothing names, directly or through others."""
    schemas, reached = doc["components"]["schemas"], set()
    waiting = _named(doc["paths"])
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting |= _named(schemas[name])
    doc["components"]["schemas"] = {name: schemas[name] for name in schemas if name in reached}


def _named(node: Any) -> set[str]:
    if isinstance(node, list):
        return {name for one in node for name in _named(one)}
    if not isinstance(node, dict):
        return set()
    own = {node["$ref"].rpartition("/")[2]} if isinstance(node.get("$ref"), str) else set()
    return own | {name for value in node.values() for name in _named(value)}
