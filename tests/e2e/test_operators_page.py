"""From an account, or a modem in a USB port, to the first answered SMS: as the page says it.

The lines for `.env` and the addresses for Twilio's console are taken from the page itself. Only
what an operator fills in is filled in here.
"""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from tests.e2e.services import API_KEY, PUBLIC, ROOT, STARTS_WITHIN, running
from tests.peers.gammu_phone import CHILD, GammuPhone
from tests.peers.twilio_webhooks import ACCOUNT, OUR_NUMBER, TOKEN

PAGE = (ROOT / "docs" / "operators" / "gateway.md").read_text("utf-8")
WORKER = "+9779841234567"
OWN = {"SAFAR_KEYS", "SAFAR_HASH_KEY", "SAFAR_PUBLIC_BASE_URL"}
OF_TWILIO = {"SAFAR_TWILIO_ACCOUNT_SID", "SAFAR_TWILIO_AUTH_TOKENS"}
"""What `running` would set by itself; here it comes from the page."""


def section(title: str) -> str:
    """Return what stands below a heading of the page."""
    found = re.search(rf"^#+ {title}\n(.*?)(?=^#+ |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


def env_lines(title: str) -> list[str]:
    """Return the lines for `.env` below a heading."""
    blocks = re.findall(r"^ *```env\n(.*?)^ *```", section(title), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in textwrap.dedent(block).splitlines()]


def filled_in(lines: list[str], values: Mapping[str, str]) -> list[str]:
    """Put an operator's values in, where the page leaves them out or has an example."""
    names = [line.partition("=")[0] for line in lines]
    assert set(values) <= set(names)
    result = [
        f"{name}={values.get(name, line.partition('=')[2])}"
        for name, line in zip(names, lines, strict=True)
    ]
    assert not [line for line in result if "…" in line], "Something is left to fill in."
    return result


def set_up(folder: Path, lines: list[str]) -> None:
    """Do what the page says: `safar init`, then the lines."""
    safar(folder, "init")
    with (folder / ".env").open("a") as file:
        file.write("\n".join([*lines, ""]))


def safar(folder: Path, *words: str, **environment: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "safar", *words],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran.stdout


def addresses() -> dict[str, str]:
    """Return what the page says to write into Twilio's console."""
    rows = re.findall(r"^ *\| ([^|`]+) \| `(https://[^`]+)` \|$", section("Twilio"), re.MULTILINE)
    return dict(rows)


def test_from_a_twilio_account_to_the_first_answered_sms(
    tmp_path: Path, registry_path: Path, model_path: Path
) -> None:
    values = {
        "SAFAR_TWILIO_ACCOUNT_SID": ACCOUNT,
        "SAFAR_TWILIO_AUTH_TOKENS": TOKEN,
        "SAFAR_TWILIO_API_KEY_SID": API_KEY[0],
        "SAFAR_TWILIO_API_KEY_SECRET": API_KEY[1],
        "SAFAR_TWILIO_SMS_FROM": OUR_NUMBER,
    }
    set_up(tmp_path, filled_in(env_lines("Twilio"), values))
    with running(tmp_path, registry_path, model_path, without=OWN | OF_TWILIO) as house:
        console = addresses()
        webhooks = {
            "message_url": console["a message comes in"],
            "fallback_url": console["primary handler fails"],
            "target": house.gateway,
        }
        assert webhooks["message_url"].startswith(PUBLIC)
        httpx.post(f"{house.twilio}/_webhooks", json=webhooks).raise_for_status()
        httpx.post(f"{house.twilio}/_inbound", json={"sender": WORKER, "body": "HELP"}, timeout=30)
        (answer,) = house.wait_sent(1, within=60)
        doctor = safar(tmp_path, "doctor", **house.environment)
    assert (answer["to"], answer["from"]) == (WORKER, OUR_NUMBER)
    assert "Safar" in answer["body"] and "STOP" in answer["body"]
    assert "BROKEN" not in doctor


def test_from_a_modem_to_the_first_answered_sms(
    tmp_path: Path, registry_path: Path, model_path: Path
) -> None:
    phone = GammuPhone.make(tmp_path / "phone")
    lines = filled_in(env_lines("A GSM modem"), {"SAFAR_MODEM_DEVICES": str(phone.folder)})
    set_up(tmp_path, [*lines, "SAFAR_MODEM_CONNECTION=none", "SAFAR_MODEM_MODEL=dummy"])
    # libGammu's dummy keeps nothing of what it is given to send; this one writes it down.
    (tmp_path / "sitecustomize.py").write_text(
        f"import safar.gateway.providers.modem.process as process\nprocess.CHILD = {CHILD!r}\n"
    )
    phone.receive("HELP", WORKER)
    with running(
        tmp_path,
        registry_path,
        model_path,
        without=OWN | OF_TWILIO,
        PYTHONPATH=f"{tmp_path}:{ROOT}",
    ) as house:
        end = time.monotonic() + STARTS_WITHIN
        while not phone.sent() and time.monotonic() < end:
            time.sleep(0.2)
        doctor = safar(tmp_path, "doctor", **house.environment)
    sent = phone.sent()
    assert {each.number for each in sent} == {WORKER}
    assert "Safar" in "".join(each.text for each in sent)
    assert not phone.held(), "What was stored is taken off the SIM card."
    assert "modem" in doctor
    assert "BROKEN" not in doctor
