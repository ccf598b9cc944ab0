"""What tests of whole conversations share."""

from __future__ import annotations

import pytest

from safar.answers.resources import Resources
from safar.assistant.engine import Assistant
from tests.talking import Talk


@pytest.fixture
def begin(assistant: Assistant, resources: Resources):
    def _begin(**slots: object) -> Talk:
        return Talk(assistant, resources, **slots)

    return _begin
