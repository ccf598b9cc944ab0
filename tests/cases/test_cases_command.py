"""`safar cases`, and what `safar doctor` says of desks and notices: as an operator sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from case_house import House
from click.testing import Result
from notice_house import DOHA, SECRET, Said, Tellers, plan_with, settings
from typer.testing import CliRunner

from safar.cases.handling import Outcome
from safar.cases.notices.errors import NotSentError, RefusedError
from safar.cases.office_of import PlanHolder
from safar.cli import build_app, doctor_cases
from safar.cli.doctor import state_of
from safar.gateway.limits import LimitSettings
from safar.gateway.metrics import exposition
from safar.gateway.overview import look
from safar.settings import Settings, load_settings
from safar.store.crypto import KeyRing
from safar.store.database import open_database
from tests.peers.hooks import Hooks, hooks
from tests.peers.mail import Mailbox, mail_server

Command = Callable[..., Result]
LIMITS = LimitSettings(_env_file=None)


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings of an installation of its own, as the command reads them."""
    (tmp_path / "content").mkdir()
    for name, value in {
        "HOME": tmp_path / "var",
        "CONTENT_DIR": tmp_path / "content",
        "KEYS": KeyRing.generate(),
        "HASH_KEY": KeyRing.generate(),
    }.items():
        monkeypatch.setenv(f"SAFAR_{name}", str(value))
    load_settings.cache_clear()
    yield load_settings()
    load_settings.cache_clear()


@pytest.fixture
def command(given: Settings, monkeypatch: pytest.MonkeyPatch) -> Command:
    def run(*words: str, **environment: object) -> Result:
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(f"SAFAR_NOTICE_{name.upper()}", str(value))
            return CliRunner().invoke(build_app(), ["cases", *words])

    return run


@pytest.fixture
def made(given: Settings) -> Iterator[House]:
    house = House(
        open_database(given.database_url),
        KeyRing(given.keys, given.hash_key),
        plan_with(doha={"email": [DOHA]}),
    )
    house.hire()
    yield house
    house.database.close()


def write_desks(given: Settings, *lines: str, language: str = "en") -> None:
    text = "\n".join(
        [
            "desks:",
            "  - id: doha",
            '    name: "Nepal in Doha"',
            "    kind: default",
            "    hours: {zone: Asia/Qatar}",
            f"    language: {language}",
            *(f"    {line}" for line in lines),
        ]
    )
    (given.content_dir / "desks.yaml").write_text(text, encoding="utf-8")


def test_a_new_installation_has_no_cases(command: Command) -> None:
    assert command("list").output == "There are no such cases.\n"
    assert command("notices").output == "No notice waits, and none was given up.\n"


def test_cases_are_listed_the_gravest_first_without_anything_of_a_person(
    command: Command, made: House
) -> None:
    made.open(made.talk("+9779800000001")[0])
    red = made.open(made.talk("+9779800000002")[0], danger=True)
    closed = made.open(made.talk("+9779800000003")[0])
    made.do("acknowledge", closed, "doha1")
    made.do("close", closed, "doha1", Outcome.HELPED)

    def lines(*words: str) -> list[list[str]]:
        return [line.split()[:4] for line in command("list", *words).output.splitlines()]

    assert lines() == [["2", "open", "red", "doha"], ["1", "open", "amber", "doha"]]
    assert lines("--all")[2] == ["3", "closed", "amber", "doha"]
    assert lines("--state", "closed") == [["3", "closed", "amber", "doha"]]
    assert lines("--desk", "ngo")[0][:3] == ["There", "are", "no"]
    said = command("list", "--all").output
    assert "98000000" not in said
    assert red.reference not in said
    wrong = command("list", "--state", "asleep")
    assert wrong.exit_code == 2
    assert "offered" in wrong.output


def test_a_case_shows_what_was_done_and_not_what_was_said(command: Command, made: House) -> None:
    conversation_id, _ = made.talk()
    case = made.open(conversation_id)
    made.do("acknowledge", case, "doha1")
    made.do("note", case, "doha1", "a note nobody else may read")
    said = command("show", str(case.id)).output
    assert said.startswith(f"Case {case.id}: acknowledged, amber, at doha.\n")
    actions = [line.split()[3] for line in said.splitlines()[1:]]
    assert actions == ["offer", "consent", "acknowledge", "note"]
    assert made.staff["doha1"] in said
    for hidden in ("a note", case.reference, "doha 1", "+977"):
        assert hidden not in said


def test_a_case_that_is_none_is_a_sentence(command: Command) -> None:
    ran = command("show", "7")
    assert ran.exit_code == 1
    assert "There is no case 7." in ran.output


def test_notices_that_wait_and_that_were_given_up_are_shown(command, made: House) -> None:
    made.open()
    assert command("notices").output.split("UTC")[1].split() == [
        "case",
        "1",
        "doha",
        "opened",
        "new",
    ]
    tell = Tellers(made, settings())
    tell.by(Said(fails=[NotSentError("lost")]))
    assert "by email: ready, 1 tries, code lost" in command("notices").output
    tell.later(minutes=1)
    tell.by(Said(fails=[RefusedError("recipient_550")]))
    assert "by email: failed, 2 tries, code recipient_550" in command("notices").output
    retried = command("notices", "--retry").output
    assert retried.startswith("1 are tried once more.")
    # The command works by the clock of the machine.
    tell.later(days=3650)
    assert tell.by(Said()) == 1
    assert command("notices").output == "No notice waits, and none was given up.\n"
    assert DOHA not in retried


def test_doctor_and_metrics_count_what_was_given_up(made: House) -> None:
    made.open()
    Tellers(made, settings()).by(Said(fails=[RefusedError("recipient_550")]))
    made.open(made.talk("+9779800000002")[0])
    made.pass_(20)
    overview = look(made.database, LIMITS, made.clock())
    found = {f.subject: (f.level, f.sentence) for f in state_of(overview, LIMITS)}
    assert found["notices to staff"] == ("warning", "1 wait, the oldest for 1200 s.")
    level, sentence = found["notices given up"]
    assert level == "error"
    assert sentence.startswith("1 by email, code recipient_550.")
    told = exposition(overview).decode().splitlines()
    assert "safar_notices_waiting 1.0" in told
    assert "safar_notices_oldest_seconds 1200.0" in told
    assert 'safar_notices_failed{code="recipient_550",way="email"} 1.0' in told


@pytest.fixture
def receiver() -> Iterator[Hooks]:
    with hooks() as made:
        yield made


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_test_says_of_each_address_what_came_of_it(given, command, receiver: Hooks) -> None:
    write_desks(
        given,
        f"notices: {{email: [{DOHA}, bad@example.org], webhook: ['{receiver.url}/a'],"
        " sms: ['+97455512345']}",
        "supervisor_notices: {webhook: ['" + receiver.url + "/b']}",
        language="id",
    )
    mailbox = Mailbox(refuses_addresses={"bad@example.org": "550 Unknown"})
    receiver.answers = [(204, {}), (500, {})]
    with mail_server(mailbox) as port:
        ran = command(
            "test-notice",
            "doha",
            smtp_host="127.0.0.1",
            smtp_port=port,
            smtp_security="none",
            smtp_from="safar@example.org",
            webhook_secret=SECRET,
            console_url="https://safar.example.org/console",
        )
    assert ran.exit_code == 1
    lines = ran.output.splitlines()
    assert lines[0] == f"email to {DOHA}: sent."
    assert lines[1].startswith("email to bad@example.org: not sent, code recipient_550.")
    assert lines[2].startswith("sms to +97455512345: not sent, code not_set_up.")
    assert lines[3] == f"webhook to {receiver.url}/a: sent."
    assert lines[4].startswith(f"webhook to {receiver.url}/b: not sent, code http_500.")
    (letter,) = mailbox.letters
    assert letter.text.startswith("Ini percobaan. Tidak terjadi apa-apa.")
    assert (receiver.calls[0].data["kind"], receiver.calls[0].data["case"]) == ("test", None)


def test_a_test_by_sms_waits_for_the_dispatcher(given, command, monkeypatch) -> None:
    write_desks(given, "notices: {sms: ['+97455512345']}")
    monkeypatch.setenv("SAFAR_SIMULATOR", "true")
    load_settings.cache_clear()
    sms = {"sms_provider": "simulator", "sms_from": "safar"}
    ran = command("test-notice", "doha", "--wait", "0", **sms)
    assert ran.exit_code == 1
    assert "waits. Does the dispatcher run?" in ran.output


def test_a_test_of_nobody(given, command) -> None:
    assert "safar content check desks.yaml" in command("test-notice", "doha").output
    write_desks(given)
    assert "doha has no address" in command("test-notice", "doha").output
    unknown = command("test-notice", "jeddah")
    assert unknown.exit_code == 1
    assert "There is no desk jeddah. There are: doha." in unknown.output


def said_of_desks(given: Settings, **values: object) -> dict[str, tuple[str, str]]:
    found = doctor_cases.desks(given, settings(**values), ["twilio"])
    return {finding.subject: (finding.level, finding.sentence) for finding in found}


def test_doctor_says_how_the_desks_are(given: Settings) -> None:
    assert said_of_desks(given)["desks"][0] == "warning"
    assert "No case can be taken." in said_of_desks(given)["desks"][1]
    write_desks(given, f"notices: {{email: [{DOHA}], sms: ['+97455512345']}}")
    found = said_of_desks(given, console_url="")
    assert found["desks"] == ("ok", f"1, from {given.content_dir}.")
    assert found["notices by email"][0] == "warning"
    assert found["notices by sms"][0] == "warning"
    assert "SAFAR_NOTICE_CONSOLE_URL" in found["notices"][1]
    ready = {"smtp_host": "mail", "sms_provider": "twilio", "sms_from": "+1500"}
    found = said_of_desks(given, **ready)
    assert {level for level, _ in found.values()} == {"ok"}


def test_doctor_names_a_wrong_file_and_that_the_last_good_one_is_kept(given: Settings) -> None:
    write_desks(given)
    PlanHolder(given).current()
    write_desks(given, "kind: nothing")
    level, sentence = said_of_desks(given)["desks"]
    assert level == "error"
    assert "desks.yaml" in sentence
    assert "Cases go by the last good one, with 1 desks." in sentence


def test_doctor_names_a_desk_that_nobody_is_told_of(given: Settings) -> None:
    write_desks(given)
    assert said_of_desks(given)["notices"][1].startswith("doha: no address is named")
