"""Golden phrases: what a model must understand before it may answer people."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from safar.assistant.engine import Assistant, AssistantError


class _Golden(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    intent: str
    variant: str


_PHRASES = TypeAdapter(list[_Golden])


def check_golden(
    assistant: Assistant,
    path: Path,
    variants: Collection[str],
    alike: Mapping[str, Collection[str]] | None = None,
) -> None:
    """Ask a handful of phrases for each of `variants`; a model that misses one must not answer.

    A phrase may be taken for a variant that is `alike` (see languages.yaml): Hindi and Urdu in
    Latin letters are often the same words.

    Rasa starts happily with a classifier that failed to load and then understands nothing.

    Raises:
        AssistantError: phrases were not understood, a variant has none, or the file of phrases
            cannot be read.
    """
    try:
        golden = _PHRASES.validate_python(yaml.safe_load(path.read_text("utf-8")))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise AssistantError(
            f"{path.name} with the golden phrases is not a list of text, intent and variant: "
            f"{place}: {first['msg']}."
        ) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise AssistantError(
            f"{path.name} with the golden phrases cannot be read: {error}"
        ) from error
    unproven = sorted(set(variants) - {phrase.variant for phrase in golden})
    if unproven:
        raise AssistantError(
            f"{path.name} has no golden phrase for {', '.join(unproven)}; write at least five "
            "each, or nobody notices when the model does not understand them."
        )

    async def missed() -> list[str]:
        wrong = []
        for phrase in golden:
            seen = await assistant.understand(phrase.text)
            readable = (phrase.variant, None, *(alike or {}).get(phrase.variant, ()))
            if seen.intent != phrase.intent or seen.variant not in readable:
                wrong.append(f"{phrase.variant}: {phrase.text!r} → {seen.intent} ({seen.variant})")
        return wrong

    wrong = asyncio.run(missed())
    if wrong:
        raise AssistantError(
            f"The model does not understand {len(wrong)} of {len(golden)} golden phrases "
            f"({'; '.join(wrong[:3])}…). Train again with: make train"
        )
