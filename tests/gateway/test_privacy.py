"""Nothing a person wrote, and no number, stands readable in the files of the store."""

from __future__ import annotations

from safar.gateway import inbox
from safar.gateway.messages import ConversationUpdate, OutgoingText

TEXT = "mero malik le passport rakhyo"
ANSWER = "Your employer may not keep your passport"
PHONE = "9841234567"


def test_files_hold_no_text_and_no_number(post, database, keyring, clock, tmp_path) -> None:
    post.receive(TEXT, sender=f"+977{PHONE}")
    (claimed,) = post.claim_inbox()
    update = ConversationUpdate(
        state=f'{{"last": "{TEXT}"}}',
        variant="ne-Latn",
        offered_options=[{"title": ANSWER}],
        pages=[ANSWER],
    )
    texts = [OutgoingText(text=ANSWER)]
    assert inbox.finish(
        database, keyring, claimed, "worker", clock(), conversation=update, outgoing=texts
    )
    post.claim_outbox()
    files = [path for path in tmp_path.iterdir() if path.is_file()]
    stored = b"".join(path.read_bytes() for path in files)
    # The ids are there, so these are the right files and the rows are in them.
    assert claimed.conversation_id.encode() in stored
    for hidden in (TEXT, "passport", ANSWER, PHONE):
        assert hidden.encode() not in stored
        assert hidden.encode("utf-16-le") not in stored
