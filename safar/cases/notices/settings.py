"""Settings of how staff are told that something waits."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_SHORTEST_SECRET: Final = 16
_SENDER = re.compile(r"[!-?A-~]+@[A-Za-z0-9.-]+")


class NoticeSettings(BaseSettings):
    """What an operator can set; each field is the variable SAFAR_NOTICE_<FIELD>.

    Attributes:
        console_url: Address of the console as staff open it, such as
            ``https://safar.example.org/console``; without it notices have no link.
        smtp_host: Mail server that takes notices by e-mail; none go by e-mail if empty.
        smtp_port: Its port: 587 with ``starttls``, 465 with ``tls``.
        smtp_security: ``starttls``, ``tls`` from the first byte, or ``none``. Without TLS no
            password is sent to another machine.
        smtp_user: Name to sign in with; no sign-in if empty.
        smtp_password: Its password.
        smtp_from: Address that notices come from, such as ``safar@example.org``.
        smtp_ca_file: Certificates to trust instead of the system's, for a mail server of your own.
        webhook_secret: Key that webhooks are signed with, at least 16 characters; none are called
            if empty. Who receives them needs the same one.
        sms_provider: Provider that takes notices by SMS, such as ``twilio``; none go by SMS if
            empty.
        sms_from: Number of yours that they come from, as the provider knows it.
        sms_per_hour: Notices by SMS to one number in an hour; what is more waits.
        timeout_seconds: Longest wait for a mail server or a webhook.
        attempts: Tries at one notice, over about half a day; then it is given up and shown.
    """

    model_config = SettingsConfigDict(
        env_prefix="SAFAR_NOTICE_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    console_url: str = ""
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_from: str = ""
    smtp_ca_file: Path | None = None
    webhook_secret: SecretStr = SecretStr("")
    sms_provider: str = ""
    sms_from: str = ""
    sms_per_hour: int = Field(default=12, ge=1)
    timeout_seconds: float = Field(default=10.0, gt=0, le=60)
    attempts: int = Field(default=20, ge=1, le=100)

    @field_validator("smtp_ca_file", mode="before")
    @classmethod
    def _none_if_empty(cls, value: object) -> object:
        return value or None

    @field_validator("console_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in {"https", "http"} or not parts.hostname):
            raise ValueError("write an address such as https://safar.example.org/console")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _fit_together(self) -> NoticeSettings:
        if self.smtp_host and not _SENDER.fullmatch(self.smtp_from):
            raise ValueError(
                "with SAFAR_NOTICE_SMTP_HOST set SAFAR_NOTICE_SMTP_FROM to the address that notices"
                " come from, such as safar@example.org"
            )
        if self.smtp_security == "none" and self.smtp_user and not is_loopback(self.smtp_host):
            raise ValueError(
                "SAFAR_NOTICE_SMTP_SECURITY=none would send the password to another machine in the"
                " clear; use starttls or tls"
            )
        if 0 < len(self.webhook_secret.get_secret_value()) < _SHORTEST_SECRET:
            raise ValueError(
                f"SAFAR_NOTICE_WEBHOOK_SECRET must have at least {_SHORTEST_SECRET} characters"
            )
        if bool(self.sms_provider) != bool(self.sms_from):
            raise ValueError("set SAFAR_NOTICE_SMS_PROVIDER and SAFAR_NOTICE_SMS_FROM together")
        return self


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
