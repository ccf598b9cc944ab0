"""Twilio's published API document, cut down to messages, for a guard between client and stand-in.

The document comes with Twilio's own npm package, which `make dev` installs. It names what Twilio
answers when all is well only, and of an answer's fields it says their types, not that they are
there. Both are added here: the form of errors, and that a message has every field that each of
the document's own examples has. Two things are mended: where the document calls an address a
`uri` though its own examples are paths, it becomes a `uri-reference`; and a field that may be
given several times is said to be, since Prism does not take it for granted.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.peers.nodejs import package_file

DOCUMENT = "@twilio-alpha/mcp/twilio-oai/spec/json/twilio_api_v2010.json"
_REF = "#/components/schemas/"
_MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
_MESSAGE = "api.v2010.account.message"
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_ERROR = {
    "type": "object",
    "required": ["code", "message", "status"],
    "properties": {
        "code": {"type": "integer", "minimum": 10000, "maximum": 99999},
        "message": {"type": "string", "minLength": 1},
        "more_info": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
    },
}


def contract() -> dict[str, Any]:
    """Return the document of Twilio's messages, as OpenAPI 3."""
    whole = json.loads(package_file(DOCUMENT).read_text("utf-8"))
    paths = {path: item for path, item in whole["paths"].items() if "/Messages" in path}
    schemas = whole["components"]["schemas"]
    created = paths[_MESSAGES]["post"]["responses"]["201"]["content"][_JSON]
    listed = paths[_MESSAGES]["get"]["responses"]["200"]["content"][_JSON]
    _require(schemas[_MESSAGE], _examples(created))
    _require(listed["schema"], _examples(listed))
    _allow_paths(listed["schema"], _examples(listed))
    _repeat(paths[_MESSAGES]["post"]["requestBody"]["content"][_FORM])
    for path in paths.values():
        for operation in path.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"]["default"] = {
                    "description": "A refusal, or a failure of the server.",
                    "content": {_JSON: {"schema": _ERROR}},
                }
    return {
        "openapi": whole["openapi"],
        "info": whole["info"],
        "security": whole["security"],
        "paths": paths,
        "components": {
            "securitySchemes": whole["components"]["securitySchemes"],
            "schemas": _used(paths, schemas),
        },
    }


def write_contract(folder: Path) -> Path:
    """Write the document into a folder; return the file."""
    file = folder / "messages.json"
    file.write_text(json.dumps(contract()), "utf-8")
    return file


def _examples(media: dict[str, Any]) -> list[dict[str, Any]]:
    return [example["value"] for example in media["examples"].values()]


def _require(schema: dict[str, Any], examples: list[dict[str, Any]]) -> None:
    """Let a schema ask for the fields it knows that all of the examples have."""
    common = set(schema["properties"]).intersection(*examples)
    if not common:
        raise ValueError("Twilio's document has no examples to learn an answer's fields from.")
    schema["required"] = sorted(common)


def _allow_paths(schema: dict[str, Any], examples: list[dict[str, Any]]) -> None:
    """Let addresses be paths of the server, as the examples have them."""
    addresses = [p for p in schema["properties"].values() if p.get("format") == "uri"]
    if any(str(example.get("uri", "")).startswith("/") for example in examples):
        for address in addresses:
            address["format"] = "uri-reference"


def _repeat(media: dict[str, Any]) -> None:
    """Let a form give a list as the same field several times."""
    fields = media["schema"]["properties"]
    media["encoding"] = {
        name: {"style": "form", "explode": True}
        for name, field in fields.items()
        if field.get("type") == "array"
    }


def _used(paths: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas that the paths name, and those that these name."""
    used: dict[str, Any] = {}
    wanted = _named(paths)
    while wanted:
        name = wanted.pop()
        if name not in used:
            used[name] = schemas[name]
            wanted |= _named(schemas[name])
    return used


def _named(part: Any) -> set[str]:
    if isinstance(part, dict):
        own = {part["$ref"].removeprefix(_REF)} if isinstance(part.get("$ref"), str) else set()
        return own.union(*map(_named, part.values()))
    if isinstance(part, list):
        return set().union(*map(_named, part))
    return set()
