"""The store that gives Rasa a tracker of one turn, and keeps nothing when the turn is over."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.slots import FloatSlot, TextSlot

from safar.assistant.tracker_store import ConversationRowStore


@pytest.fixture
def store() -> ConversationRowStore:
    slots = [TextSlot("origin", []), FloatSlot("misunderstood", [])]
    empty = Domain.empty()
    domain = Domain(
        intents=[],
        entities=[],
        slots=slots,
        responses={},
        action_names=[],
        forms={},
        data=empty.as_dict(),
    )
    return ConversationRowStore(domain)


def _retrieve(store: ConversationRowStore, conversation_id: str) -> Any:
    return asyncio.run(store.retrieve(conversation_id))


def test_a_tracker_listens_and_knows_the_slots(store) -> None:
    store.put("c1", {"origin": "NP"})
    tracker = _retrieve(store, "c1")
    assert tracker.sender_id == "c1"
    assert tracker.get_slot("origin") == "NP"
    assert tracker.latest_action_name == "action_listen"
    assert not tracker.latest_message.text


def test_slots_the_bot_no_longer_has_are_left_out(store, caplog) -> None:
    store.put("c1", {"origin": "NP", "of_last_year": "x"})
    assert "of_last_year" not in _retrieve(store, "c1").slots
    assert caplog.text == "", "Rasa complains of each slot that it does not know"


def test_what_a_turn_leaves_is_taken_once(store) -> None:
    store.put("c1", {"origin": "NP"})
    tracker = _retrieve(store, "c1")
    tracker.update(UserUttered("from my phone", parse_data={"intent": {"name": "greet"}}))
    tracker.update(SlotSet("misunderstood", 1.0))
    asyncio.run(store.save(tracker))
    assert asyncio.run(store.keys()) == ["c1"]
    slots, parsed = store.take("c1")
    assert slots == {"origin": "NP", "misunderstood": 1.0}
    assert parsed["intent"]["name"] == "greet"
    assert store.take("c1") == ({}, {})
    assert asyncio.run(store.keys()) == []


def test_conversations_do_not_see_each_other(store) -> None:
    store.put("c1", {"origin": "NP"})
    store.put("c2", {"origin": "PH"})
    assert _retrieve(store, "c2").get_slot("origin") == "PH"
    store.take("c2")
    assert _retrieve(store, "c1").get_slot("origin") == "NP"
    assert _retrieve(store, "unknown").get_slot("origin") is None


def test_a_turn_that_fails_leaves_nothing_in_hand(assistant, monkeypatch) -> None:
    async def fail(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(assistant._agent, "handle_message", fail)
    with pytest.raises(RuntimeError):
        asyncio.run(assistant.turn("c1", "hello", {"origin": "NP"}))
    assert asyncio.run(assistant._store.keys()) == []


def test_interleaved_turns_keep_their_own_slots(assistant) -> None:
    async def both() -> list[Any]:
        countries = ["QA", "SA", "AE", "KW", "MY"]
        return await asyncio.gather(
            *(
                assistant.turn(f"c{code}", "salary not paid", {"destination": code})
                for code in countries
            )
        )

    results = asyncio.run(both())
    assert [r.slots["destination"] for r in results] == ["QA", "SA", "AE", "KW", "MY"]
    assert all(len(result.replies) == 1 for result in results)
    assert asyncio.run(assistant._store.keys()) == []
