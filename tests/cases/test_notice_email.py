"""Letters go to a real mail server, over TLS and signed in; what it says is followed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from case_house import House
from notice_house import DOHA, Tellers, plan_with, settings, states
from pydantic import ValidationError

from safar.cases.notices.words import languages
from tests.peers.mail import PASSWORD, USER, Mailbox, mail_server, make_certificate, silent_server

# The server of the tests takes passwords also where a test says that there is no TLS.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")

PLAN = plan_with(doha={"email": [DOHA]})


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def port(mailbox: Mailbox) -> Iterator[int]:
    with mail_server(mailbox) as port:
        yield port


def teller(house: House, port: int, **values: object) -> Tellers:
    house.plan = PLAN
    plain = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none"}
    return Tellers(house, settings(**{"timeout_seconds": 2, **plain, **values}))


def test_a_letter_says_what_happened_and_where_to_look(house: House, mailbox, port) -> None:
    case = house.open(danger=True)
    assert teller(house, port).email() == 1
    (letter,) = mailbox.letters
    message = letter.message
    assert letter.to == message["To"] == DOHA
    assert message["From"] == "safar@example.org"
    assert message["Subject"] == f"Safar, Case {case.id} (red): A new case waits at your desk."
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == "<notice-1@example.org>"
    assert message["Date"] == "Mon, 23 Nov 2026 09:30:00 +0000"
    assert letter.text.splitlines() == [
        "A new case waits at your desk.",
        "",
        f"Case: {case.id}",
        "Desk: Nepal in Doha",
        "Risk: red",
        "Since: 2026-11-23 12:30 (Asia/Qatar)",
        f"Open it: https://safar.example.org/console/cases/{case.id}",
        "",
        "This message holds nothing that the person wrote. Please do not answer it.",
    ]


@pytest.mark.parametrize("language", languages())
def test_a_letter_in_the_language_of_the_desk(house: House, mailbox, port, language) -> None:
    tell = teller(house, port)
    house.plan = plan_with(doha={"email": [DOHA]}, doha_in=language)
    case = house.open()
    tell.email()
    (letter,) = mailbox.letters
    first = letter.text.splitlines()[0]
    assert first in letter.message["Subject"]
    assert str(case.id) in letter.message["Subject"]
    assert (first == "A new case waits at your desk.") == (language == "en")


@pytest.mark.parametrize("implicit", [False, True], ids=["STARTTLS", "TLS from the first byte"])
def test_encrypted_and_signed_in(house: House, mailbox, certificate, implicit: bool) -> None:
    house.open()
    with mail_server(mailbox, certificate, implicit=implicit, sign_in=True) as port:
        tell = teller(
            house,
            port,
            smtp_security="tls" if implicit else "starttls",
            smtp_user=USER,
            smtp_password=PASSWORD,
            smtp_ca_file=certificate,
        )
        assert tell.email() == 1
    assert mailbox.encrypted == [True]
    assert mailbox.signed_in == [USER]


FAULTS = {
    "a wrong password": {"smtp_password": "no"},
    "a certificate nobody trusts": {"smtp_ca_file": None},
    "a certificate of another host": {"smtp_host": "localhost"},
}
CODES = ["auth_535", "tls", "tls"]


@pytest.mark.parametrize(
    ("fault", "code"), zip(FAULTS.values(), CODES, strict=True), ids=list(FAULTS)
)
def test_where_it_does_not_let_us_in_nothing_is_said(
    house: House, mailbox, certificate, fault: dict[str, object], code: str
) -> None:
    house.open()
    given = {"smtp_user": USER, "smtp_password": PASSWORD, "smtp_ca_file": certificate}
    with mail_server(mailbox, certificate, sign_in=True) as port:
        tell = teller(house, port, smtp_security="starttls", **{**given, **fault})
        assert tell.email() == 0
        assert states(house) == [("email", "ready", code)]
        assert mailbox.letters == []
        assert mailbox.signed_in == []
        tell = teller(house, port, smtp_security="starttls", **given)
        tell.later(minutes=1)
        assert tell.email() == 1


def test_a_server_without_tls_gets_no_letter(house: House, mailbox, port) -> None:
    house.open()
    assert teller(house, port, smtp_security="starttls").email() == 0
    assert states(house) == [("email", "ready", "tls")]
    assert mailbox.letters == []


SAID = {
    "later": ("451 Try again later", "ready", "letter_451"),
    "full": ("452 No room", "ready", "letter_452"),
    "never": ("554 Not wanted", "failed", "letter_554"),
}


@pytest.mark.parametrize(("said", "state", "code"), SAID.values(), ids=list(SAID))
def test_what_it_says_to_a_letter(house: House, mailbox, port, said, state, code) -> None:
    house.open()
    mailbox.refuses = [said]
    tell = teller(house, port)
    assert tell.email() == 0
    assert states(house) == [("email", state, code)]
    tell.later(hours=1)
    assert tell.email() == (state == "ready")


@pytest.mark.parametrize(
    ("said", "state"), [("450 Busy", "ready"), ("550 Unknown", "failed")], ids=["450", "550"]
)
def test_one_bad_address_holds_up_nobody_else(house: House, mailbox, port, said, state) -> None:
    tell = teller(house, port)
    house.plan = plan_with(doha={"email": ["bad@example.org", DOHA]})
    mailbox.refuses_addresses = {"bad@example.org": said}
    house.open()
    assert tell.email() == 1
    assert states(house) == [("email", state, f"recipient_{said[:3]}"), ("email", "sent", None)]
    # Nobody sees who else was told.
    assert [letter.message["To"] for letter in mailbox.letters] == [DOHA]


def test_a_letter_whose_answer_was_lost_is_sent_again_under_the_same_id(
    house: House, mailbox, port
) -> None:
    house.open()
    mailbox.dies_after = True
    tell = teller(house, port)
    assert tell.email() == 0
    assert states(house) == [("email", "ready", "lost")]
    mailbox.dies_after = False
    tell.later(minutes=1)
    assert tell.email() == 1
    assert [letter.message["Message-ID"] for letter in mailbox.letters] == [
        "<notice-1@example.org>"
    ] * 2


def test_a_server_that_is_away(house: House) -> None:
    house.open()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert teller(house, port).email() == 0
    assert states(house) == [("email", "ready", "unreached")]


def test_a_server_that_says_nothing_is_not_waited_for_for_ever(house: House) -> None:
    house.open()
    with silent_server() as port:
        assert teller(house, port, timeout_seconds=0.2).email() == 0
    assert states(house) == [("email", "ready", "unreached")]


def test_a_server_that_is_slow_with_a_letter(house: House, mailbox, port) -> None:
    house.open()
    mailbox.seconds = 0.6
    assert teller(house, port, timeout_seconds=0.2).email() == 0
    assert states(house) == [("email", "ready", "lost")]


def test_without_a_server_it_is_said_at_once(house: House) -> None:
    house.open()
    house.plan = PLAN
    assert Tellers(house, settings(smtp_from="")).email() == 0
    assert states(house) == [("email", "failed", "not_set_up")]


WRONG = {
    "no sender": ({"smtp_host": "mail.example.org", "smtp_from": ""}, "SMTP_FROM"),
    "a sender that ends the header": (
        {"smtp_host": "mail.example.org", "smtp_from": "a@b.example\r\nBcc: c@d.example"},
        "SMTP_FROM",
    ),
    "a password in the clear": (
        {"smtp_host": "mail.example.org", "smtp_security": "none", "smtp_user": "u"},
        "SMTP_SECURITY",
    ),
    "a short secret": ({"webhook_secret": "short"}, "WEBHOOK_SECRET"),
    "half a way by SMS": ({"sms_provider": "twilio"}, "SMS_FROM"),
    "an address of a console that is none": ({"console_url": "safar.example.org"}, "console_url"),
}


@pytest.mark.parametrize(("values", "names"), WRONG.values(), ids=list(WRONG))
def test_settings_that_do_not_fit(values: dict[str, str], names: str) -> None:
    with pytest.raises(ValidationError, match=names) as raised:
        settings(**values)
    assert "u" not in str(raised.value).split()
