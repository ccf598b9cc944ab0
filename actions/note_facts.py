"""Remembers what a message tells: where from, where to, in which language and script."""

from __future__ import annotations

from actions.base import SafarAction, Turn
from safar.messaging.reply import Reply

_FEW_LETTERS = 10
_SURE = 0.85
"""A short text, or a single foreign word, must be this clear before the language is changed."""


class ActionNoteFacts(SafarAction):
    """Sets the slots before any other action runs; says nothing."""

    NAME = "action_note_facts"
    SPEAKS = False

    def answer(self, turn: Turn) -> Reply | None:
        """Set origin, destination, city, variant and the count of misunderstandings."""
        self._note_places(turn)
        self._note_variant(turn)
        if turn.intent != "nlu_fallback" and turn.slots.get("misunderstood"):
            turn.memory["misunderstood"] = 0.0
        return None

    @staticmethod
    def _note_places(turn: Turn) -> None:
        places = {slot: turn.entity(slot) for slot in ("origin", "destination")}
        asked = str(turn.slots.get("pending_topic") or "").partition(":")[2]
        if turn.intent == "inform" and asked in places and not all(places.values()):
            # A bare country answers the question that was asked, whichever way it is known for.
            meant = turn.resources.places().unsure(turn.text)
            only = meant[0] if len(meant) == 1 else None
            places = {asked: places["origin"] or places["destination"] or only}
        for slot, told in places.items():
            if told is not None and told != turn.slots.get(slot):
                turn.memory[slot] = told
                if slot == "destination":
                    turn.memory["city"] = None
        city = _city_of_destination(turn)
        if city is not None:
            turn.memory["city"] = city

    @staticmethod
    def _note_variant(turn: Turn) -> None:
        chosen = turn.chosen_language
        if chosen is not None:
            turn.memory.update(variant=chosen, variant_chosen=True)
            return
        if turn.slots.get("variant_chosen"):
            return
        seen = turn.message.get("variant") or {}
        tag, known = seen.get("tag"), turn.slots.get("variant")
        if tag is None or tag == known:
            return
        if known is not None and tag in turn.resources.languages[known].alike:
            return  # who reads the one reads the other; a single word must not change it
        clear = seen.get("letters", 0) >= _FEW_LETTERS or known is None
        if clear and (known is None or seen.get("confidence", 0.0) >= _SURE):
            turn.memory["variant"] = tag


def _city_of_destination(turn: Turn) -> str | None:
    """Return the city that told the destination; one at home is not where the person is."""
    entities = turn.message.get("entities") or []
    told = {each.get("start") for each in entities if each.get("entity") == "destination"}
    return next(
        (
            str(each.get("value"))
            for each in entities
            if each.get("entity") == "city" and each.get("start") in told
        ),
        None,
    )
