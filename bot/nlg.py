"""Responses of the domain (`utter_*`) through gettext, in the person's variant."""

from __future__ import annotations

from typing import Any

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.silence import report_to_nobody
from safar.answers.plain import plain_text
from safar.answers.resources import Resources, shared_resources
from safar.messaging.reply import Reply
from safar.phrasing.values import Phrase

DEFAULT_VARIANT = "en"


class GettextNLG(NaturalLanguageGenerator):
    """Looks a response up in the catalogue, so that a sentence changes with no training."""

    def __init__(
        self,
        endpoint_config: EndpointConfig | None = None,
        domain: Domain | None = None,
        resources: Resources | None = None,
    ) -> None:
        """Take the arguments Rasa gives; the domain is still empty then and not needed."""
        report_to_nobody()  # `rasa shell` and `rasa run` read this, and no importer
        self._resources = resources

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> dict[str, Any] | None:
        """Return the words, and the reply for channels that have a form of their own."""
        resources = self._resources or shared_resources()
        variant = tracker.get_slot("variant") or DEFAULT_VARIANT
        reply = Reply(parts=[Phrase(id=utter_action)])
        return {
            "text": plain_text(reply, resources.catalogue, variant),
            "reply": reply.model_dump(mode="json"),
        }
