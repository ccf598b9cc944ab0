"""Golden phrases: what a model must understand before it may answer people."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from safar.assistant.engine import Assistant, AssistantError


class _Golden(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    intent: str
    variant: str


def check_golden(assistant: Assistant, path: Path, variants: Collection[str]) -> None:
    """Ask a handful of phrases for each of `variants`; a model that misses one must not answer.

    Rasa starts happily with a classifier that failed to load and then understands nothing.

    Raises:
        AssistantError: phrases were not understood, a variant has none, or the file of phrases
            cannot be read.
    """
    try:
        golden = [_Golden.model_validate(g) for g in yaml.safe_load(path.read_text("utf-8"))]
    except (OSError, ValueError, TypeError, yaml.YAMLError, ValidationError) as error:
        raise AssistantError(f"{path.name} with the golden phrases cannot be read.") from error
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
            if seen.intent != phrase.intent or seen.variant not in (phrase.variant, None):
                wrong.append(f"{phrase.variant}: {phrase.text!r} → {seen.intent} ({seen.variant})")
        return wrong

    wrong = asyncio.run(missed())
    if wrong:
        raise AssistantError(
            f"The model does not understand {len(wrong)} of {len(golden)} golden phrases "
            f"({'; '.join(wrong[:3])}…). Train again with: make train"
        )
