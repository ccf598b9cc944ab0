"""Numbers, reports, settings, USB, doctor: what needs no telephone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from safar.gateway.providers.base import (
    ChannelPausedError,
    FailureKind,
    RecipientError,
    TransientSendError,
    UnknownOutcomeError,
)
from safar.gateway.providers.modem import doctor, usb, wire
from safar.gateway.providers.modem.phone import Phone
from safar.gateway.providers.modem.plugin import PLUGIN
from safar.gateway.providers.modem.refusals import Refusals
from safar.gateway.providers.modem.reports import UnknownReportError, failure_of, outcome
from safar.gateway.providers.modem.settings import ModemSettings
from safar.gateway.providers.plugin import plugins
from safar.gateway.sms.numbers import destination, tail, written
from safar.settings import Settings


def settings(**values: object) -> ModemSettings:
    return ModemSettings(_env_file=None, **values)


@pytest.mark.parametrize("to", ["+9779812345678", "+966501234567", "9812345678", "+12025550123"])
def test_telephones_are_written_to(to) -> None:
    assert destination(to) == to


@given(st.text(max_size=20))
def test_only_digits_are_ever_dialled(text) -> None:
    try:
        dialled = destination(text)
    except RecipientError as error:
        assert text not in str(error) or len(text) < 3
    else:
        assert dialled.removeprefix("+").isdigit()
        assert dialled.isascii()


@given(st.text(max_size=20), st.sampled_from(["", "NP", "QA", "US"]))
def test_any_sender_has_a_form(sender, country) -> None:
    assert written(sender, country)
    assert len(tail(sender)) <= 8


@pytest.mark.parametrize(
    ("status", "text", "expected"),
    [
        (0x00, "Delivered", "delivered"),
        (0x01, "", "delivered"),
        (0x02, "Delivered", "delivered"),
        (0x00, "Failed", "failed"),
        (0x20, "Pending", None),
        (0x3F, "anything", None),
        (0x40, "Failed", "failed"),
        (0x7F, "Failed", "failed"),
    ],
)
def test_what_reports_mean(status, text, expected) -> None:
    report = wire.Report(token="1", recipient="+1", reference=1, status=status, text=text)
    assert outcome(report) == expected


@pytest.mark.parametrize(
    ("status", "text"), [(0, ""), (0, "Weird"), (0x10, "x"), (0x80, ""), (-1, "")]
)
def test_what_no_report_means(status, text) -> None:
    report = wire.Report(token="1", recipient="+1", reference=1, status=status, text=text)
    with pytest.raises(UnknownReportError):
        outcome(report)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (0x46, FailureKind.TRANSIENT),
        (0x61, FailureKind.TRANSIENT),
        (0x41, FailureKind.RECIPIENT),
        (0x40, None),
    ],
)
def test_a_telephone_that_was_off_is_tried_later(status, kind) -> None:
    assert failure_of(status) is kind


@pytest.mark.parametrize(
    "values",
    [
        {"devices": "ttyUSB0"},
        {"devices": "/dev/a\nmodel = x"},
        {"devices": "/dev/a,/dev/a"},
        {"connection": "at; rm"},
        {"cnmi": "2,1"},
        {"balance_ussd": "call me"},
        {"sms_per_second": 5},
        {"country": "Nepal"},
        {"smsc": "12 34"},
    ],
    ids=str,
)
def test_settings_that_cannot_be_are_refused(values) -> None:
    with pytest.raises(ValidationError):
        settings(**values)


def test_devices_are_a_list_and_the_pin_is_not_shown() -> None:
    made = settings(devices="/dev/a, /dev/b", pin="4711")
    assert made.devices == ("/dev/a", "/dev/b")
    assert "4711" not in repr(made)
    assert "4711" not in repr(wire.Pin(pin="4711"))
    shown = repr(wire.Send(id=1, number="+977", text="0041", coding="ucs2", validity_minutes=5))
    assert "+977" not in shown
    assert "0041" not in shown


def test_the_plugin_is_found_and_asks_for_nothing_when_not_set_up(monkeypatch) -> None:
    assert PLUGIN in plugins()
    monkeypatch.delenv("SAFAR_MODEM_DEVICES", raising=False)
    assert not PLUGIN.configured(Settings(_env_file=None))
    monkeypatch.setenv("SAFAR_MODEM_DEVICES", "/dev/safar-modem-1")
    assert PLUGIN.configured(Settings(_env_file=None))


def test_errands_forget_what_is_old(office, phone, clock) -> None:
    phone.receive("hello")
    office.open(phone)
    office.got(1)
    office.provider.send(office.message("hello"))
    (errand,) = PLUGIN.errands(office.surroundings)
    assert errand.run() == 0
    clock.pass_(61 * 24 * 3600)
    assert errand.run() == 2
    assert office.rows("received_parts") == office.rows("sent_parts") == []


def make_sysfs(place: Path, *, authorized: bool = True) -> Path:
    """Make what Linux shows of one stick."""
    folder = place / "devices" / "usb1" / "1-1"
    port = folder / "1-1:1.0" / "ttyUSB0"
    port.mkdir(parents=True)
    (folder / "busnum").write_text("1\n")
    (folder / "devnum").write_text("7\n")
    if authorized:
        (folder / "authorized").write_text("1\n")
    tty = place / "class" / "tty" / "ttyUSB0"
    tty.mkdir(parents=True)
    (tty / "device").symlink_to(port)
    return folder


def test_the_usb_device_of_a_port_is_found(tmp_path) -> None:
    folder = make_sysfs(tmp_path)
    link = tmp_path / "safar-modem-1"
    link.symlink_to("/dev/ttyUSB0")
    assert usb.device_folder("/dev/ttyUSB0", tmp_path) == folder
    assert usb.device_folder(str(link), tmp_path) == folder
    assert usb.device_folder("/dev/ttyS0", tmp_path) is None


def test_a_reset_uses_the_devices_own_call_where_it_may(tmp_path) -> None:
    folder = make_sysfs(tmp_path)
    (tmp_path / "bus" / "001").mkdir(parents=True)
    (tmp_path / "bus" / "001" / "007").write_text("")
    calls = []
    done = usb.reset(
        folder, bus=tmp_path / "bus", ioctl=lambda _fd, code, _arg: calls.append(code) or 0
    )
    assert done
    assert calls == [0x5514]
    assert (folder / "authorized").read_text() == "1\n"


@pytest.mark.parametrize("authorized", [True, False])
def test_a_reset_without_permission_withdraws_the_device_or_says_no(tmp_path, authorized) -> None:
    folder = make_sysfs(tmp_path, authorized=authorized)
    slept: list[float] = []
    if not authorized:
        (folder / "authorized").mkdir()
    done = usb.reset(folder, bus=tmp_path / "nowhere", sleep=slept.append)
    assert done == authorized
    assert slept == ([1] if authorized else [])
    if authorized:
        assert (folder / "authorized").read_text() == "1"


def test_doctor_says_what_is_missing(tmp_path, monkeypatch) -> None:
    port, link = tmp_path / "port", tmp_path / "link"
    port.write_text("")
    link.symlink_to(port)
    for number, name in ((1, "ModemManager"), (2, "gammu-smsd"), (3, "bash")):
        (tmp_path / "proc" / str(number)).mkdir(parents=True)
        (tmp_path / "proc" / str(number) / "comm").write_text(f"{name}\n")
    made = settings(devices=(str(port), str(link), "/dev/not-there"), country="NP")
    found = {f.subject: f for f in doctor.findings(made, tmp_path / "proc")}
    levels = {subject: finding.level for subject, finding in found.items()}
    assert levels == {
        "modem library": "ok",
        f"modem {port}": "ok",
        f"modem {link}": "error",
        "modem /dev/not-there": "error",
        "modem and ModemManager": "error",
        "modem and gammu-smsd": "error",
    }
    assert "mask" in found["modem and ModemManager"].sentence
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    found = {f.subject: f for f in doctor.findings(settings(devices=(str(port),)), tmp_path)}
    assert found["modem library"].level == found[f"modem {port}"].level == "error"
    assert found["modem numbers"].level == "warning"


def test_refusals_are_judged_by_who_is_refused() -> None:
    time = [0.0]
    refusals = Refusals(lambda: time[0])

    def refused(outbox_id: int, to: str) -> type[Exception]:
        time[0] += 1
        return type(refusals.judged(TransientSendError("refused_unknown"), outbox_id, to))

    assert [refused(1, "a"), refused(1, "a"), refused(1, "a")] == [TransientSendError] * 3
    time[0] += 1
    refusals.accepted(2)
    assert refused(1, "a") is RecipientError
    assert refused(3, "c") is ChannelPausedError
    other = UnknownOutcomeError("timeout")
    assert refusals.judged(other, 1, "a") is other
    assert "'a'" not in repr(refusals)


class DirectMachine:
    """A modem that hands messages over at once, which the dummy telephone never does."""

    def __init__(self) -> None:
        self.callback = None

    def SetIncomingCallback(self, callback) -> None:  # noqa: N802 - libGammu's name
        self.callback = callback

    def __getattr__(self, name: str):
        if name == "GetNextSMS":
            import gammu

            raise gammu.ERR_EMPTY({"Text": "", "Where": "", "Code": 0})
        return lambda *_: None


def test_what_a_modem_hands_over_without_storing_is_taken() -> None:
    machine = DirectMachine()
    phone = Phone(machine, smsc="+1")
    phone.prepare()
    message = {
        "Number": "+9779812345678",
        "Text": "hello",
        "UDH": {"Text": b""},
        "SMSC": {"Number": "+1"},
        "DateTime": None,
    }
    machine.callback(machine, "SMS", {"Location": 3, "Memory": "SM"})
    machine.callback(machine, "SMS", message | {"Type": "Deliver"})
    report = {"Type": "Status_Report", "MessageReference": 7, "DeliveryStatus": 0}
    machine.callback(machine, "SMS", message | report | {"Text": "Delivered"})
    taken = list(phone._read_direct())
    assert [type(each) for each in taken] == [wire.Received, wire.Report]
    assert [each.token for each in taken] == ["", ""]
    assert list(phone._read_direct()) == []
