"""A stand-in for Twilio's message API: it remembers what it accepted and fails when told to.

Start it with ``python -m tests.peers.twilio --port 8099``. Beside Twilio's routes it has these,
each about the first account or the one that ``?account=`` names:

    POST /_faults     {"mode": "hang_after_accept", "times": 1, "share": 1.0}  see `Faults`
    POST /_callbacks  {"statuses": ["sent", "delivered"], "target": "http://127.0.0.1:8080"}
    POST /_webhooks   {"message_url": "https://gw.example.org/in#rc=3&rp=all", "target": ...}
    POST /_inbound    {"sender": "+9779841234567", "body": "hello"}  somebody writes to us
    POST /_numbers    {"not_on_whatsapp": [...], "outcomes": {...}}  what is known of numbers
    POST /_lists      {"lag": 2.0, "unsent": false}  how the list of messages behaves
    POST /_tokens     {"tokens": ["new", "old"]}  the first one signs
    POST /_clock      {"set": "2026-11-23T09:30:00Z", "advance": 3600, "stop": true}
    GET  /_clock, /_sent, /_received, /_opted_out
    POST /_reset      forget everything

What it is sure of comes from Twilio's published document and error pages. Where those are silent
it guesses, and says so: a message that has not left passes a filter by DateSent (`Lists.unsent`),
a message may be redacted at any time, and WhatsApp's 63003 and 63016 come as a status `failed`.
"""

from tests.peers.twilio.account import Account, Callbacks, Lists, Numbers, Outcome, Webhooks
from tests.peers.twilio.app import create_app
from tests.peers.twilio.faults import Faults
from tests.peers.twilio.inbound import Inbound

__all__ = [
    "Account",
    "Callbacks",
    "Faults",
    "Inbound",
    "Lists",
    "Numbers",
    "Outcome",
    "Webhooks",
    "create_app",
]
