"""Amounts of money become entities of the pipeline."""

from __future__ import annotations

import asyncio

from safar.assistant.engine import Assistant


def test_entities_of_the_pipeline(assistant: Assistant) -> None:
    entities = asyncio.run(assistant.understand("agency charged me 2 lakh npr")).entities
    assert {"entity": "amount", "value": "200000"} in entities
    assert {"entity": "currency", "value": "NPR"} in entities
