"""Twilio's own client against the stand-in of its API; calls signed as Twilio signs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from safar.gateway.providers.twilio.plugin import PLUGIN
from tests.gateway.contract.rig import ANA, Bench, Channel, Word
from tests.gateway.web_gateway import FORM, MESSAGE, PUBLIC, STATUS
from tests.peers.serving import served
from tests.peers.twilio import Account, Faults, create_app
from tests.peers.twilio.movable_clock import SimClock
from tests.peers.twilio_webhooks import (
    ACCOUNT,
    OUR_NUMBER,
    TOKEN,
    new_sid,
    sign,
    sms_form,
    status_form,
    whatsapp_form,
)

CHANNELS: tuple[Channel, ...] = ("sms", "whatsapp")
HAS_PEER = True
FALLBACK = "/webhooks/twilio/fallback"
# What a tapped button adds to a WhatsApp message.
_OF_A_BUTTON = (
    "ButtonText ButtonPayload OriginalRepliedMessageSid OriginalRepliedMessageSender".split()
)
_WORDS: dict[Word, dict[str, str]] = {
    "underway": {"MessageStatus": "sent"},
    "delivered": {"MessageStatus": "delivered"},
    "failed": {"MessageStatus": "undelivered", "ErrorCode": "30006"},
}


class TwilioRig:
    plugin = PLUGIN
    unreachable = "+15005550001"
    patience = timedelta(seconds=10)
    resends = 0
    secrets = (TOKEN,)

    def __init__(self, bench: Bench, stack: ExitStack) -> None:
        self.channel = bench.channel
        self._stack = stack
        self._account = Account(clock=SimClock(bench.clock))
        self._app = create_app(self._account)
        self._server = stack.enter_context(ExitStack())
        address = self._server.enter_context(served(self._app))
        self._port = urlsplit(address).port or 0
        settings = bench.settings(
            twilio_account_sid=ACCOUNT,
            twilio_auth_tokens=(TOKEN,),
            twilio_api_base_url=address,
            twilio_timeout_seconds=1.5,
        )
        self.surroundings = bench.surroundings(settings)
        self.provider = PLUGIN.provider(self.surroundings)
        self._gateway = bench.gateway(settings)
        self._last: dict[str, str] = {}
        self._told: Word = "underway"

    def accepted(self) -> list[tuple[str, str]]:
        return [(sent["to"], sent["body"]) for sent in self._account.sent]

    def arrive(self, text: str, sender: str = ANA) -> bool:
        self._last = self._form(text, sender)
        if self.channel == "whatsapp":
            talk = (self._last["To"], self._last["From"])
            self._account.last_inbound[talk] = self._account.clock()
        return self.arrive_again()

    def arrive_again(self) -> bool:
        return self._taken(self._gateway.post(self._last).status_code)

    def arrive_doubled(self, text: str) -> None:
        assert [self.arrive(text), self.arrive_again()] == [True, True]

    def report(self, word: Word, of: int = -1) -> bool:
        self._told, sent = word, self._account.sent[of]
        address = urlsplit(sent["status_callback"])
        assert sent["status_callback"].startswith(PUBLIC)
        form = status_form(sent["sid"], "", **_WORDS[word])
        return self._taken(self._gateway.post(form, address.path, query=address.query).status_code)

    def report_again(self) -> bool:
        return self.report(self._told)

    def report_stranger(self, word: Word) -> bool:
        form = status_form(new_sid(), "", **_WORDS[word])
        return self._taken(self._gateway.post(form, STATUS, query="outbox=987654").status_code)

    def forge(self) -> Iterator[tuple[str, int]]:
        for path, form in (
            (MESSAGE, self._form("x", ANA)),
            (FALLBACK, self._form("x", ANA)),
            (STATUS, status_form(new_sid(), "delivered")),
        ):
            right = sign(TOKEN, PUBLIC + path, form)
            for wrong, signature in {
                "empty": "",
                "of a stranger": sign("a guess", PUBLIC + path, form),
                "of another address": sign(TOKEN, "https://other.example" + path, form),
                "of another text": sign(TOKEN, PUBLIC + path, form | {"Body": "y"}),
                "in small letters": right.lower(),
            }.items():
                headers = {"X-Twilio-Signature": signature}
                yield (
                    f"{path}, {wrong}",
                    self._gateway.post(form, path, headers=headers).status_code,
                )
            bare = self._gateway.client.post(
                path, content=urlencode(form), headers={"Content-Type": FORM}
            )
            yield f"{path}, unsigned", bare.status_code

    def throttle(self) -> None:
        self._account.faults = Faults(mode="429")

    def lose_answer(self) -> None:
        self._account.faults = Faults(mode="drop_after_accept")

    def hang(self) -> None:
        self._account.faults = Faults(mode="hang")

    def go_away(self) -> None:
        self._server.close()

    def refuse_everything(self) -> None:
        self._account.token = "another"

    def mend(self) -> None:
        self._account.faults, self._account.token = None, TOKEN
        self._server.close()
        self._server.enter_context(served(self._app, self._port))

    def _form(self, text: str, sender: str) -> dict[str, str]:
        if self.channel == "sms":
            return sms_form(text, From=sender, To=OUR_NUMBER)
        names = {"From": f"whatsapp:{sender}", "WaId": sender[1:], "MessageType": "text"}
        form = whatsapp_form(text, ExternalUserId=f"whatsapp:NP.{sender[1:]}", **names)
        return {name: value for name, value in form.items() if name not in _OF_A_BUTTON}

    @staticmethod
    def _taken(status: int) -> bool:
        assert status in {200, 204, 503}, status
        return status != 503


@contextmanager
def open_rig(bench: Bench) -> Iterator[TwilioRig]:
    with ExitStack() as stack:
        yield TwilioRig(bench, stack)
