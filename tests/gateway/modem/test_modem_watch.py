"""Modems that hang, die, are pulled out, or are several: noticed, written down, mended."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from safar.gateway.providers.base import ChannelPausedError, SendError, TransientSendError
from safar.gateway.providers.modem import wire
from safar.gateway.providers.modem.process import ModemChild
from safar.messaging.segments import split
from tests.clock import NOW
from tests.gateway.modem.modem_office import until
from tests.gateway.modem.test_modem_sending import NEPALI
from tests.peers.gammu_phone import CHILD

IMEI = "999999999999999"
ANA, BEN = "111111111111111", "222222222222222"


def device(office, name: str = IMEI) -> dict[str, object]:
    found = [row for row in office.rows("devices") if row["device"] == name]
    return found[0] if found else {}


def test_the_table_says_how_a_modem_does(office, phone) -> None:
    office.open(phone, balance_ussd="*100#")
    until(lambda: device(office).get("balance"))
    office.provider.send(office.message("hello"))
    phone.receive("hello")
    office.got(1)
    row = device(office)
    assert (row["state"], row["signal_percent"], row["network"]) == ("ok", 42, "GammuT3l")
    assert (row["balance"], row["resets"]) == ("Reply for *100#", 0)
    assert row["last_sent_at"] and row["last_received_at"]
    assert [each["device"] for each in office.rows("devices")] == [IMEI]
    office.close()
    assert device(office)["state"] == "gone"


def test_a_stick_without_ussd_works_all_the_same(office, phone) -> None:
    phone.tell("no-ussd", True)
    office.open(phone, balance_ussd="*100#")
    until(lambda: office.modem.view.error_code is None and office.provider._desk._balance_at)
    office.provider.send(office.message("hello"))
    assert device(office)["balance"] is None
    assert device(office)["resets"] == 0


def test_the_balance_is_asked_for_twice_a_day(office, phone, clock) -> None:
    office.open(phone, balance_ussd="*100#")
    modem, desk = office.modem, office.provider._desk
    until(lambda: device(office).get("balance"))
    assert not desk.balance_is_due(modem)
    clock.pass_(11 * 3600)
    assert not desk.balance_is_due(modem)
    clock.pass_(3600)
    assert desk.balance_is_due(modem)
    assert not desk.balance_is_due(modem)


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGKILL, signal.SIGSEGV], ids=str)
def test_a_process_that_hangs_or_dies_is_replaced_and_the_message_goes(
    office, phone, number
) -> None:
    office.open(phone)
    first = office.modem.pid
    os.kill(first, number)
    message = office.message("hello")
    if number is signal.SIGSTOP:
        with pytest.raises((TransientSendError, ChannelPausedError)):
            office.provider.send(message)
    until(lambda: office.modem.usable and office.modem.pid != first)
    office.provider.send(message)
    assert [sent.text for sent in phone.sent()] == ["hello"]
    until(lambda: device(office).get("resets") == 1)
    until(lambda: device(office).get("state") == "ok")
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


def test_what_came_while_a_process_hung_is_read(office, phone) -> None:
    office.open(phone)
    os.kill(office.modem.pid, signal.SIGSTOP)
    phone.receive("are you there?")
    office.got(1)
    assert office.bodies() == ["are you there?"]


def test_a_modem_that_answers_nothing_is_started_again(office, phone) -> None:
    office.open(phone)
    phone.tell("mute", True)
    until(lambda: office.modem.view.resets)
    assert not office.modem.usable
    phone.tell("mute", False)
    until(lambda: office.modem.usable)


def test_a_stick_pulled_out_and_put_back_loses_nothing(office, phone) -> None:
    office.open(phone)
    phone.unplug()
    until(lambda: device(office).get("state") == "gone" and office.modem.pid is None)
    phone.receive("two", at=NOW.replace(hour=8, minute=2))
    phone.receive("one", at=NOW.replace(hour=8, minute=1))
    message = office.message(NEPALI)
    with pytest.raises(ChannelPausedError):
        office.provider.send(message)
    phone.plug_in()
    office.got(2)
    until(lambda: office.modem.usable)
    office.provider.send(message)
    assert office.bodies() == ["one", "two"]
    assert [sent.text for sent in phone.sent()] == split(NEPALI)
    # Being pulled out is no fault of the stick.
    assert device(office)["resets"] == 0


def test_a_stick_that_is_not_there_yet_stands_under_its_path(office, phone) -> None:
    phone.unplug()
    office.open(phone, wait=False)
    until(lambda: device(office, str(phone.folder)).get("state") == "gone")
    phone.plug_in()
    until(lambda: device(office).get("state") == "ok")
    assert [row["device"] for row in office.rows("devices")] == [IMEI]


def test_answers_go_by_the_stick_that_was_written_to(office, make_phone) -> None:
    ana, ben = make_phone("a", ANA), make_phone("b", BEN)
    office.open(ana, ben)
    ana.receive("to ana")
    assert office.got(1)[0].recipient == f"modem:{ANA}"
    office.provider.send(office.message("from ben", 1, imei=BEN))
    office.provider.send(office.message("from ana", 2, imei=ANA))
    assert [sent.text for sent in ana.sent()] == ["from ana"]
    assert [sent.text for sent in ben.sent()] == ["from ben"]
    assert office.provider.capabilities.parallel == 2


def test_two_sticks_send_at_the_same_time(office, make_phone) -> None:
    ana, ben = make_phone("a", ANA), make_phone("b", BEN)
    office.open(ana, ben, send_seconds=3)
    ana.tell("send", ["hang"])
    slow = office.message("slow", 1, imei=ANA)
    thread = threading.Thread(target=lambda: pytest.raises(SendError, office.provider.send, slow))
    thread.start()
    until(lambda: ana.told("send") == [])
    office.provider.send(office.message("quick", 2, imei=BEN))
    assert thread.is_alive()
    thread.join()


def test_another_stick_takes_over_after_a_while(office, make_phone) -> None:
    ana, ben = make_phone("a", ANA), make_phone("b", BEN)
    office.open(ana, ben)
    message = office.message(NEPALI, imei=ANA)
    ana.tell("send", ["ok", "refused"])
    with pytest.raises(TransientSendError):
        office.provider.send(message)
    ana.unplug()
    until(lambda: office.modem.view.state == "gone" and office.modem.pid is None)
    with pytest.raises(TransientSendError, match="stick_away"):
        office.provider.send(message)
    # Not the time itself: by it Ben's stick would be silent, too.
    office.modem._down_since -= 31 * 60
    office.provider.send(message)
    # A telephone joins no parts of two numbers, so Ben's stick sends all of them.
    assert [sent.text for sent in ben.sent()] == split(NEPALI)


def test_a_stick_that_is_not_ours_any_more_is_not_waited_for(office, phone) -> None:
    office.open(phone)
    office.provider.send(office.message("hello", imei="123456789012345"))
    assert len(phone.sent()) == 1


def test_one_stick_named_by_two_ports_is_used_once(office, make_phone) -> None:
    one, other = make_phone("a", ANA), make_phone("b", ANA)
    office.open(one, other, wait=False)
    until(lambda: any(modem.usable for modem in office.provider.modems))
    until(lambda: any(m.view.error_code == "second_port" for m in office.provider.modems))
    assert sum(modem.usable for modem in office.provider.modems) == 1


def test_sticks_may_change_their_ports(office, make_phone) -> None:
    one, other = make_phone("a", ANA), make_phone("b", BEN)
    office.open(one, other)
    for phone in (one, other):
        phone.unplug()
    until(lambda: not any(modem.usable for modem in office.provider.modems))
    one.tell = other.tell = None
    for phone, imei in ((one, BEN), (other, ANA)):
        (phone.folder.with_name(f"{phone.folder.name}.out") / "tell-imei").write_text(f'"{imei}"')
        phone.plug_in()
    until(lambda: all(modem.usable for modem in office.provider.modems))
    office.provider.send(office.message("hello", imei=ANA))
    assert [sent.text for sent in other.sent()] == ["hello"]


def test_the_pin_is_given_once(office, phone) -> None:
    phone.tell("pin", "1234")
    office.open(phone, pin="1234")
    assert phone.told("tries") == ["1234"]


def test_a_wrong_pin_is_never_tried_again(office, phone) -> None:
    phone.tell("pin", "1234")
    office.open(phone, pin="9999", wait=False)
    until(lambda: str(device(office).get("error_code", "")).startswith("pin_refused"))
    until(lambda: office.modem.view.error_code == "pin_needed")
    office.close()
    # Not even by the next process, which the service manager starts at once.
    office.open(phone, pin="9999", wait=False)
    until(lambda: office.modem.view.error_code == "pin_needed")
    assert phone.told("tries") == ["9999"]
    office.close()
    office.open(phone, pin="1234")
    assert phone.told("tries") == ["9999", "1234"]


def test_a_locked_card_without_a_pin_is_said_to_be_locked(office, phone) -> None:
    phone.tell("pin", "1234")
    office.open(phone, wait=False)
    until(lambda: office.modem.view.error_code == "pin_needed")
    assert phone.told("tries") is None


def test_a_missing_library_is_said(office, phone, tmp_path) -> None:
    (tmp_path / "gammu.py").write_text("raise ImportError('not installed')")
    script = "import sys; sys.path.insert(0, sys.argv.pop(1)); from safar.gateway.providers.modem"
    script += " import child; sys.exit(child.main())"
    office.open(phone, wait=False, command=(sys.executable, "-c", script, str(tmp_path)))
    until(lambda: office.modem.view.error_code == "gammu_missing")


def test_a_process_does_not_outlive_its_parent(phone) -> None:
    """Killed with no time to tidy up, as by the kernel when memory is short."""
    config = wire.Open(
        device=str(phone.folder),
        connection="none",
        model="dummy",
        poll_seconds=1,
        heartbeat_seconds=1,
        call_seconds=1,
        send_seconds=1,
        status_seconds=1,
    )
    parent = os.fork()
    if parent == 0:
        child = ModemChild(CHILD)
        child.write(config)
        (phone.folder / "pid").write_text(str(child.pid))
        signal.pause()
    pid = until(lambda: (phone.folder / "pid").exists() and (phone.folder / "pid").read_text())
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)

    def ended() -> bool:
        try:
            return "Z" in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True

    until(ended)


def test_the_process_gets_none_of_our_secrets(phone, monkeypatch) -> None:
    monkeypatch.setenv("SAFAR_KEYS", "a-key-of-ours")
    child = ModemChild(CHILD)
    try:
        environment = Path(f"/proc/{child.pid}/environ").read_text()
        assert "a-key-of-ours" not in environment
        assert "TZ=UTC" in environment
    finally:
        child.kill()
