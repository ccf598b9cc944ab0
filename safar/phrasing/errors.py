"""What can go wrong with words: each error is a sentence that says where and what to do."""

from __future__ import annotations

from collections.abc import Sequence


class PhrasingError(ValueError):
    """Any error of this room."""


class PhraseError(PhrasingError):
    """A phrase cannot be put in words as it was asked for: a mistake of the calling code."""


class UnknownMessageError(PhraseError):
    """No message has this id."""

    def __init__(self, message_id: str) -> None:
        """Name the id that no catalogue knows."""
        super().__init__(
            f"No message has the id {message_id!r}: add it to content/ or bot/domain/, "
            "then run `safar locales extract`."
        )
        self.message_id = message_id


class UnknownLanguageError(PhrasingError):
    """No variant has this tag."""

    def __init__(self, tag: str, known: Sequence[str]) -> None:
        """Name the tag, and those that are served."""
        super().__init__(
            f"No language has the tag {tag!r}; known are {', '.join(known)}. "
            "Use one of these, or add it to content/languages.yaml."
        )
        self.tag = tag


class LanguagesError(PhrasingError):
    """The list of languages is wrong."""


class TemplateError(PhrasingError):
    """A text's braces cannot be understood."""


class LocalesError(PhrasingError):
    """Message sources or catalogues are wrong; `problems` has one sentence for each fault."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Keep the faults, in the order in which they were found."""
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)
