"""TypeScript of what the RPCs answer, from the models that describe it, put into the generated types."""

from __future__ import annotations

import json
import re
from typing import Any

from app.http.docs.answers import schemas

Json = dict[str, Any]

_FUNCTIONS = "    Functions: {"
_NAME = re.compile(r"^      (\w+):")
_SIMPLE = {"integer": "number", "number": "number", "string": "string", "boolean": "boolean", "null": "null"}
_ABOUT = "/** What each function answers; instants are UTC, without offset. */"


def with_answers(generated: str) -> str:
    """The generated types, in which functions that answer JSON say what is in it."""
    answers, named = schemas()
    lines, name, is_function = [], "", False
    for line in generated.splitlines():
        is_function = line.startswith(_FUNCTIONS) or (is_function and not line.startswith("    };"))
        if is_function and (found := _NAME.match(line)):
            name = found[1]
        if is_function and name in answers:
            line = re.sub(r"Returns: Json\b", f'Returns: Answers["{name}"]', line)
        lines.append(line)
    types = [f"export type {name} = {_type(schema)};" for name, schema in sorted(named.items())]
    members = "".join(f"{name}: {_type(schema)};" for name, schema in answers.items())
    return "\n".join([*lines, "", _ABOUT, f"export type Answers = {{ {members} }};", "", *types, ""])


def _type(schema: Json) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "x-row" in schema:
        return _row(*schema["x-row"])
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(map(_type, schema["anyOf"])))
    for names in (schema.get("enum"), [schema["const"]] if "const" in schema else None):
        if names:
            return " | ".join(map(json.dumps, names))
    if schema.get("type") == "array":
        return f"({_type(schema['items'])})[]" if schema.get("items") else "Json[]"
    if "properties" in schema:
        return _object(schema)
    if schema.get("type") == "object":
        return "{ [key: string]: Json | undefined }"
    return _SIMPLE.get(schema.get("type", ""), "Json")


def _object(schema: Json) -> str:
    required = schema.get("required", ())
    members = (
        f"{name}{'' if name in required else '?'}: {_type(member)};"
        for name, member in schema["properties"].items()
    )
    return f"{{ {' '.join(members)} }}"


def _row(kind: str, *names: str) -> str:
    named = " | ".join(f'"{name}"' for name in names)
    return f'Database["public"]["{kind}"][{named}]["Row"]'
