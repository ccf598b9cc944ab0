from pathlib import Path

import yaml

from safar.messaging.options import RESERVED_WORDS, title_key
from safar.messaging.segments import measure

REPLY_MESSAGES = Path(__file__).parents[2] / "content" / "messages" / "reply.yaml"


def test_the_messages_say_what_they_are_for() -> None:
    listed = yaml.safe_load(REPLY_MESSAGES.read_text(encoding="utf-8"))["messages"]
    assert [m["id"] for m in listed] == [
        "reply.source",
        "reply.source_undated",
        "reply.more",
        "reply.more_title",
    ]
    assert all(m["note"] and set(m) == {"id", "text", "note"} for m in listed)


def test_the_english_around_an_answer_is_cheap_and_can_be_sent_back() -> None:
    listed = yaml.safe_load(REPLY_MESSAGES.read_text(encoding="utf-8"))["messages"]
    english = {m["id"]: m["text"] for m in listed}
    assert {measure(text).encoding for text in english.values()} == {"GSM-7"}
    assert title_key(english["reply.more_title"]) not in map(title_key, RESERVED_WORDS)
