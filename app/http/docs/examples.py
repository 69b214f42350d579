"""An example of a schema, made of the examples of its parts."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_BY_FORMAT = {
    "date-time": "2026-01-31T12:00:00Z",
    "uuid": "5f0c1c5e-8a60-4c0e-9a53-0d5a4f6f3c11",
    "time": "08:00:00",
}
_BY_TYPE: Json = {"integer": 1, "number": 1.0, "boolean": True, "string": "text", "null": None, "object": {}}
_DEEPEST = 8


def example_of(schema: Json, schemas: Json, depth: int = 0) -> Any:
    """A value that the schema allows: its example, or made of those of its members, or the simplest."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, depth + 1)
    for given in ("example", "const"):
        if given in schema:
            return schema[given]
    if "enum" in schema:
        return schema["enum"][0]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return example_of(schema[several][0], schemas, depth + 1)
    if schema.get("type") == "array":
        is_deep = depth > _DEEPEST or "items" not in schema
        return [] if is_deep else [example_of(schema["items"], schemas, depth + 1)]
    if "properties" in schema and depth <= _DEEPEST:
        members = schema["properties"].items()
        return {name: example_of(member, schemas, depth + 1) for name, member in members}
    return _simplest(schema)


def _simplest(schema: Json) -> Any:
    kind = schema.get("type", "object")
    if kind == "string":
        return _BY_FORMAT.get(schema.get("format", ""), _BY_TYPE["string"])
    least = schema.get("minimum", schema.get("exclusiveMinimum"))
    return max(_BY_TYPE[kind], least) if kind in ("integer", "number") and least else _BY_TYPE[kind]
