"""Training lines that are cheap to copy.

Rasa copies and compares all lines some seven times before it trains anything; with tens of
thousands of them that took longer than learning which language they are in.
"""

from __future__ import annotations

from copy import copy
from typing import Any

from rasa.shared.nlu.training_data.message import Message


class Line(Message):
    """A line that keeps its fingerprint while nothing in it changes."""

    @classmethod
    def of(cls, message: Message) -> Line:
        """Return the line that says what `message` does."""
        line = cls(message.data, set(message.output_properties), message.time, message.features)
        line._cached_fingerprint = message._cached_fingerprint
        return line

    def set(self, prop: str, info: Any, add_to_output: bool = False) -> None:
        """Set a property; one that has that value leaves the line as it is."""
        if add_to_output or prop not in self.data or self.data[prop] != info:
            super().set(prop, info, add_to_output)

    def __deepcopy__(self, memo: dict[int, Any]) -> Line:
        """Return a line of its own, whose properties are copied one step deep.

        They are texts, and lists and dictionaries that are replaced and never changed in place.
        """
        line = Line.of(self)
        line.data = {name: copy(value) for name, value in self.data.items()}
        line.features = list(self.features)
        return line
