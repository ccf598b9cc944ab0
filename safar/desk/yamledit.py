"""Change one entry of a content file and nothing else in it: comments, order and layout stay.

ruamel keeps a file as it was written. Should it not be able to (a layout it does not know), the
file is left alone and its editor is told, rather than being laid out anew.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError
from ruamel.yaml.representer import RoundTripRepresenter

from safar.desk.errors import EditError

_WIDE = 1_000_000
"""Lines are never broken: sentences stand on one line."""


def change_file(path: Path, change: Callable[[Any], None]) -> str:
    """Let `change` work on the data of a YAML file; return the new text without writing it.

    Raises:
        EditError: the file cannot be read, or not be written as it was.
    """
    try:
        text = path.read_text(encoding="utf-8")
        reader = _reader()
        data = reader.load(text)
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise EditError(f"{path} cannot be read ({error}); mend it first.") from error
    if _written(reader, data) != text:
        raise EditError(
            f"{path} is laid out in a way that would not stay; change it with an editor by hand "
            "(two spaces a level, lists set in, one sentence a line)."
        )
    change(data)
    return _written(reader, data)


def entry_of(data: Any, lists: tuple[str, ...], name: str) -> CommentedMap | None:
    """Return the entry with the id `name` in one of the `lists` of a file, if it is there."""
    for key in lists:
        for entry in data.get(key) or ():
            if isinstance(entry, dict) and str(entry.get("id")) == name:
                return entry if isinstance(entry, CommentedMap) else None
    return None


def flow(values: dict[str, Any]) -> CommentedMap:
    """Return a mapping that is written on one line, as short values are in these files."""
    made = CommentedMap(values)
    made.fa.set_flow_style()
    return made


def put(entry: CommentedMap, key: str, value: Any, after: str | None = None) -> None:
    """Set a key of an entry; a new one stands below `after`, and comments stay where they are."""
    if key in entry:
        entry[key] = value
        return
    keys = list(entry)
    # An empty line or a comment below an entry hangs on its last key, which therefore stays last.
    below = keys.index(after) + 1 if after in keys else len(keys)
    entry.insert(min(below, max(len(keys) - 1, 0)), key, value)


def _reader() -> Any:
    reader: Any = YAML()
    reader.Representer = _Representer
    reader.preserve_quotes = True
    reader.width = _WIDE
    reader.indent(mapping=2, sequence=4, offset=2)
    return reader


class _Representer(RoundTripRepresenter):
    """Writes null as a word, as these files do."""


def _null(representer: Any, _: None) -> Any:
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")


_Representer.add_representer(type(None), _null)


def _written(reader: Any, data: Any) -> str:
    buffer = io.StringIO()
    reader.dump(data, buffer)
    return buffer.getvalue()
