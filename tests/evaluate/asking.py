"""Asks a model what messages mean."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from rich.progress import Progress

from safar.answers.resources import shared_resources
from safar.assistant.engine import Assistant
from tests.evaluate.counting import Understood
from tests.evaluate.dev_set import Expected

_WARM_UP = 100


def ask(model: Path, messages: Sequence[Expected], progress: Progress) -> list[Understood]:
    """Ask the model in the file `model`, one message after another on one core."""
    assistant = Assistant.load(shared_resources(), model)

    async def all_of_them() -> list[Understood]:
        for message in messages[:: len(messages) // _WARM_UP + 1]:
            await assistant.understand(message.text)  # the first of each script loads its words
        return [
            await _one(assistant, message)
            for message in progress.track(messages, description=model.name)
        ]

    return asyncio.run(all_of_them())


async def _one(assistant: Assistant, message: Expected) -> Understood:
    began = time.process_time()
    seen = await assistant.understand(message.text)
    took = (time.process_time() - began) * 1000
    values: dict[str, set[str]] = {}
    for entity in seen.entities:
        values.setdefault(entity["entity"], set()).add(entity["value"])
    return Understood(
        expected=message,
        intent=seen.intent,
        confidence=seen.confidence,
        danger=seen.danger,
        variant=seen.variant,
        origins=frozenset(values.get("origin", ())),
        destinations=frozenset(values.get("destination", ())),
        amounts=frozenset(map(Decimal, values.get("amount", ()))),
        milliseconds=took,
    )
