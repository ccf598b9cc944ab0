"""Babel extractors: find the messages in content/ and in the assistant's domain.

They are named in locales/babel.cfg, so that pybabel finds the same messages as
`safar locales extract`: `pybabel extract -F locales/babel.cfg -k pgettext:1c,2
-k npgettext:1c,2,3 -o messages.pot .`
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

import yaml

from safar.phrasing.checks import english_faults
from safar.phrasing.errors import LocalesError
from safar.phrasing.pofile import LONGEST_OPTION, is_option

_ID = re.compile(r"[a-z0-9]+(?:[-_.][a-zA-Z0-9]+)*")

Found = tuple[int, str, tuple[str, ...], list[str]]
"""Line, gettext function, its arguments (context first) and the notes, as Babel asks for them."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The reader of the registry: the other one refuses some plain texts that this one takes."""


def content(
    fileobj: IO[bytes], keywords: object, comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Found]:
    """Find every mapping with an `id` and a `text` in a YAML file, wherever it stands.

    `plural` beside them is the text for more than one; `note` is for translators.

    Raises:
        LocalesError: The file is not YAML, or an English text is faulty.
    """
    name = _name(fileobj)
    for node in _mappings(_documents(fileobj, name)):
        fields = _fields(node)
        if not isinstance(fields.get("id"), yaml.ScalarNode) or "text" not in fields:
            continue
        yield _found(
            name,
            fields["id"].value,
            fields["text"],
            fields.get("plural"),
            _scalar(fields.get("note")),
        )


def domain(
    fileobj: IO[bytes], keywords: object, comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Found]:
    """Find every text under `responses:` in a Rasa domain file; the id is the response's name.

    Raises:
        LocalesError: The file is not YAML, a response has several texts, or a text is faulty.
    """
    name = _name(fileobj)
    for document in _documents(fileobj, name):
        responses = _fields(document).get("responses")
        for utterance, variations in _fields(responses).items():
            nodes = variations.value if isinstance(variations, yaml.SequenceNode) else []
            found = [fields for fields in map(_fields, nodes) if "text" in fields]
            if len(found) > 1:
                line = found[1]["text"].start_mark.line + 1
                raise LocalesError(
                    [
                        f"{name}:{line}: {utterance} has several texts; keep one, since people "
                        "and translators need to rely on it."
                    ]
                )
            for fields in found:
                yield _found(name, utterance, fields["text"], None, _scalar(fields.get("note")))


def _found(
    name: str, message_id: str, text: yaml.Node, plural: yaml.Node | None, note: str | None
) -> Found:
    line = text.start_mark.line + 1
    where = f"{name}:{line}: {message_id}"
    if not _ID.fullmatch(message_id):
        raise LocalesError(
            [f"{where}: is no id; use small letters and digits, joined by '.', '_' or '-'."]
        )
    english, more = _scalar(text), _scalar(plural)
    if english is None or (plural is not None and more is None):
        raise LocalesError([f"{where}: `text` and `plural` must each be one text; write it so."])
    faults = english_faults(english, more)
    if faults:
        raise LocalesError([f"{where}: {fault}" for fault in faults])
    notes = note.splitlines() if note else []
    if not notes and is_option(message_id) and "{" not in english:
        notes = [f"At most {LONGEST_OPTION} characters."]
    if more is None:
        return line, "pgettext", (message_id, english), notes
    return line, "npgettext", (message_id, english, more), notes


def _documents(fileobj: IO[bytes], name: str) -> list[yaml.Node]:
    try:
        return [node for node in yaml.compose_all(fileobj, Loader=_LOADER) if node]
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise LocalesError([f"{name}: is not YAML ({error}); mend the line it names."]) from error


def _mappings(nodes: list[yaml.Node]) -> Iterator[yaml.MappingNode]:
    """Walk through every mapping once, in the order of the file, however deep it stands."""
    seen: set[int] = set()
    waiting = list(reversed(nodes))
    while waiting:
        node = waiting.pop()
        if id(node) in seen:  # an alias (*name) is the same node again
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            yield node
            waiting.extend(value for _, value in reversed(node.value))
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(reversed(node.value))


def _fields(node: yaml.Node | None) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}


def _scalar(node: yaml.Node | None) -> str | None:
    """Return a node's text without the line end that YAML blocks (`text: >`) leave."""
    return node.value.strip() if isinstance(node, yaml.ScalarNode) else None


def _name(fileobj: IO[bytes]) -> str:
    return str(getattr(fileobj, "name", "YAML"))
