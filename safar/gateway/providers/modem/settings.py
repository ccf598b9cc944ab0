"""What an operator can set about modems."""

from __future__ import annotations

from typing import Annotated, Any

import phonenumbers
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class ModemSettings(BaseSettings):
    """Each field is the variable SAFAR_MODEM_<FIELD>; lists are written with commas.

    Attributes:
        devices: Paths of the sticks' AT ports, such as ``/dev/safar-modem-1``. None: no modem.
        connection: How libGammu talks to them; ``none`` with model ``dummy`` is for tests.
        model: libGammu's name of a model, where its own guess is wrong; ``E3276`` helps with
            some Huawei sticks.
        cnmi: Value for libGammu's ``atgen_setcnmi``, such as ``2,0,0,2,1``, for sticks that do
            not store what comes in.
        pin: PIN of the SIM cards, better switched off. It is tried once, never again.
        smsc: Number of the message centre, where the SIM card has none.
        country: ISO 3166-1 code by which national numbers are completed to E.164.
        balance_ussd: Code that asks for the prepaid balance, such as ``*100#``.
        balance_hours: Hours between two such questions.
        sms_per_second: Most messages a second and stick.
        poll_seconds: Between two looks for messages that came.
        heartbeat_seconds: Longest silence of an idle modem process.
        call_seconds: Longest single call of the modem.
        send_seconds: Longest sending of one part; networks take their time.
        status_seconds: Between two notes of signal and network.
        orphan_minutes: How long the parts of a message wait for those that are missing.
        validity_hours: How long the network keeps trying to deliver.
        other_after_minutes: After how long without its own stick an answer goes by another one.
        resend_in_doubt: Send a text again, once, whose outcome nobody knows; then a person may
            get it twice. Without it only what may save a life is, and the rest is given up.
        doubt_seconds: How long a delivery report is waited for before that; later texts of the
            conversation wait two minutes at most.
        usb_reset: Reset the USB device of a stick that hangs; needs write permission on it.
    """

    model_config = SettingsConfigDict(
        env_prefix="SAFAR_MODEM_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    devices: Annotated[tuple[str, ...], NoDecode] = ()
    connection: str = Field(default="at115200", pattern=r"^[a-z0-9]{2,20}$")
    model: str = Field(default="", pattern=r"^[A-Za-z0-9]{0,20}$")
    cnmi: str = Field(default="", pattern=r"^([0-9](,[0-9]){4})?$")
    pin: SecretStr = SecretStr("")
    smsc: str = Field(default="", pattern=r"^(\+[0-9]{5,15})?$")
    country: str = ""
    balance_ussd: str = Field(default="", pattern=r"^([*#0-9]{2,30})?$")
    balance_hours: float = Field(default=12, ge=1)
    sms_per_second: float = Field(default=1, gt=0, le=1)
    poll_seconds: float = Field(default=3, gt=0, le=60)
    heartbeat_seconds: float = Field(default=10, gt=0, le=120)
    call_seconds: float = Field(default=60, gt=0, le=600)
    send_seconds: float = Field(default=120, gt=0, le=600)
    status_seconds: float = Field(default=30, gt=0, le=600)
    orphan_minutes: float = Field(default=15, gt=0)
    validity_hours: float = Field(default=24, ge=1, le=720)
    other_after_minutes: float = Field(default=30, ge=0)
    resend_in_doubt: bool = True
    doubt_seconds: float = Field(default=60, ge=0, le=110)
    usb_reset: bool = False

    @field_validator("devices", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("devices")
    @classmethod
    def _fit_for_a_line(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        # libGammu reads the path out of a file of lines.
        if any(not path.startswith("/") or not path.isprintable() for path in value):
            raise ValueError("write whole paths, such as /dev/safar-modem-1")
        if len(set(value)) != len(value):
            raise ValueError("a device is named twice")
        return value

    @field_validator("country")
    @classmethod
    def _known(cls, value: str) -> str:
        if value and value not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError("not a country code of ISO 3166-1 with telephones")
        return value
