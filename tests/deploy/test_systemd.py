"""The unit file and the udev rules, read by systemd itself where it is there."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "systemd"
UNIT, RULES = FOLDER / "safar.service", FOLDER / "99-safar-modem.rules"
_TERM = re.compile(r'^[A-Z_]+(\{[\w/.]+\})?(==|!=|=|\+=|:=)"[^"]*"$')


def _unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(UNIT)
    return parser


def test_the_service_is_started_again_and_has_few_rights() -> None:
    unit = _unit()
    assert set(unit.sections()) == {"Unit", "Service", "Install"}
    service = unit["Service"]
    assert service["Restart"] == "always"
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    assert service["User"] not in {"", "root"}
    assert "dialout" in service["SupplementaryGroups"]
    # A signal to every process would stop a modem in the middle of a message.
    assert service["KillMode"] == "mixed"
    wanted = ["NoNewPrivileges", "ProtectHome", "PrivateTmp", "ProtectKernelTunables"]
    assert {name: service[name] for name in wanted} == dict.fromkeys(wanted, "yes")
    # It would hide the sticks.
    assert "PrivateDevices" not in service
    assert "char-ttyUSB rw" in UNIT.read_text()


def test_secrets_are_not_in_the_unit() -> None:
    assert "SAFAR_KEYS" not in UNIT.read_text()
    assert _unit()["Service"]["EnvironmentFile"].startswith("/etc/")


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    # Only the program is another one, since Safar is not installed there.
    text = re.sub(r"^ExecStart=.*$", "ExecStart=/bin/sh", UNIT.read_text(), flags=re.MULTILINE)
    copy = tmp_path / "safar.service"
    copy.write_text(text)
    if analyze is None:
        # Every line is an assignment, a section or a comment: all that can be said without it.
        assert all(re.match(r"^(#.*|\[\w+\]|[A-Za-z]+=.*|)$", line) for line in text.splitlines())
        return
    ran = subprocess.run(
        [analyze, "verify", "--man=no", str(copy)], capture_output=True, text=True, check=False
    )
    said = [line for line in ran.stderr.splitlines() if "safar.service" in line]
    assert said == []
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    "line",
    [
        line.removeprefix("# ")
        for line in RULES.read_text().splitlines()
        if re.match(r"^(# )?(SUBSYSTEM|ACTION|ATTRS)", line)
    ],
)
def test_rules_are_rules(line: str) -> None:
    terms = line.split(", ")
    assert [term for term in terms if not _TERM.match(term)] == []
    # Something to match and something to do.
    assert any("==" in term for term in terms)
    assert any(re.search(r'[A-Z}](\+?=|:=)"', term) for term in terms)


def test_the_stick_has_the_name_that_the_pages_use() -> None:
    assert 'SYMLINK+="safar-modem-1"' in RULES.read_text()
    pages = FOLDER.parents[1] / "docs" / "operators"
    for name in ("gateway.md", "modem-stick.md", "settings.md"):
        assert "/dev/safar-modem-1" in (pages / name).read_text(), name


def test_udev_accepts_the_rules() -> None:
    udevadm = shutil.which("udevadm")
    helped = subprocess.run(
        [udevadm or "true", "--help"], capture_output=True, text=True, check=False
    )
    if "verify" in helped.stdout:
        ran = subprocess.run(
            [str(udevadm), "verify", str(RULES)], capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr
    assert RULES.read_text().count("\\\n") == 0
