"""A signed webhook in, a text on the phone out: the real processes, the real model and content."""

from __future__ import annotations

from pathlib import Path

import httpx

from tests.e2e.services import PUBLIC, running
from tests.peers.twilio_webhooks import new_sid, sms_form

WORKER = "+9779841234567"
CRY = "malai saahu le kutyo, kothama thunyo"


def test_a_nepali_worker_asks_about_fees_and_gets_the_legal_ceiling(
    tmp_path: Path, registry_path: Path, model_path: Path
) -> None:
    with running(tmp_path, registry_path, model_path) as house:
        form = sms_form(
            "manpower le qatar jana 2 lakh magyo, thik ho?", From=WORKER, MessageSid=new_sid()
        )
        assert house.post(form).status_code == 200
        # Twilio delivers again what it is not sure of: the same id is the same message.
        assert house.post(form).status_code == 200
        (first,) = house.wait_sent(1, within=60)

        assert first["to"] == WORKER
        assert "NPR 10,000" in first["body"]
        assert "Qatar" in first["body"]
        assert "2015" in first["body"], "the date of the rule"
        assert "Nepal free visa, free ticket rule" in first["body"], "where the rule is from"
        assert "jana" in first["body"] or "ko lagi" in first["body"], "romanised Nepali"
        assert first["body"].isascii()

        house.deliver(sms_form("9", From=WORKER, MessageSid=new_sid()))
        house.deliver(sms_form(CRY, From=WORKER, MessageSid=new_sid()))
        house.deliver(sms_form("कतारमा", From=WORKER, MessageSid=new_sid()))
        _, more, danger, where = house.wait_sent(4, within=60)

        assert more["body"] != first["body"], "9 sends the rest"
        assert "999" in danger["body"], "danger gets numbers at once"
        assert "999" in where["body"]
        assert all(message["to"] == WORKER for message in house.sent())
        assert len(house.sent()) == 4, "nothing is answered twice"

        forged = sms_form("hello", From=WORKER, MessageSid=new_sid())
        house_url = house.gateway + "/webhooks/twilio/message"
        refused = httpx.post(house_url, data=forged, headers={"X-Twilio-Signature": "nonsense"})
        assert refused.status_code == 403
        assert PUBLIC not in refused.text
    written = (tmp_path / "safar.db").read_bytes()
    assert WORKER.encode() not in written, "no number stands readable on the disk"
    assert b"manpower" not in written, "no text stands readable on the disk"
