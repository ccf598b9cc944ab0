"""Settings of an SMPP connection, each the variable SAFAR_SMPP_<FIELD>."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import phonenumbers
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

LONGEST_ADDRESS = 20
"""Characters of an address in the protocol."""


class SmppSettings(BaseSettings):
    """What an operator sets; without host, system id and address nothing is opened.

    Attributes:
        host: Name or address of the SMSC.
        port: Its port; 2775 is usual, 3550 with TLS.
        tls: Whether the connection is encrypted. Without it password and texts can be read on
            the way, so use a tunnel.
        tls_ca: File with the certificate that signed the SMSC's, where no public one did.
        system_id: Our name there.
        password: Ours; the protocol has room for 8 characters.
        system_type: Only where the carrier asks for one.
        addresses: Our numbers or short codes, with commas between; the first is the sender of
            what goes to people who have written to none of them.
        source_ton: Type of our addresses (TON), where the one told by their form is refused.
        source_npi: Numbering plan of our addresses (NPI), likewise.
        country: ISO 3166-1 code by which national numbers are completed to E.164.
        default_alphabet: What the carrier takes data coding 0 for; ask them.
        messages_per_second: Most parts a second; it stands in the contract.
        window: Parts that may wait for their answer at a time.
        enquire_seconds: Silence after which the SMSC is asked whether it is there.
        connect_seconds: Longest wait for a connection.
        response_seconds: Longest wait for an answer.
        doubt_seconds: How long a receipt is waited for where the answer to a text was lost; then
            it is sent again, once. Later texts of the conversation wait two minutes at most.
        validity_hours: How long the carrier keeps trying to deliver.
        orphan_minutes: How long the parts of a message wait for those that are missing.
        repeat_minutes: How long after a new connection a message whose receipt the SMSC may not
            have learnt of counts as the same one when it comes again.
    """

    model_config = SettingsConfigDict(
        env_prefix="SAFAR_SMPP_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    host: str = Field(default="", pattern=r"^[A-Za-z0-9_.:-]{0,255}$")
    port: int = Field(default=2775, ge=1, le=65535)
    tls: bool = False
    tls_ca: str = ""
    system_id: str = Field(default="", max_length=15)
    password: SecretStr = Field(default=SecretStr(""), max_length=8)
    system_type: str = Field(default="", max_length=12)
    addresses: Annotated[tuple[str, ...], NoDecode] = ()
    source_ton: int | None = Field(default=None, ge=0, le=6)
    source_npi: int | None = Field(default=None, ge=0, le=18)
    country: str = ""
    default_alphabet: Literal["gsm7", "latin1"] = "gsm7"
    messages_per_second: float = Field(default=10, gt=0, le=1000)
    window: int = Field(default=4, ge=1, le=64)
    enquire_seconds: float = Field(default=30, gt=0, le=600)
    connect_seconds: float = Field(default=10, gt=0, le=120)
    response_seconds: float = Field(default=10, gt=0, le=120)
    doubt_seconds: float = Field(default=60, ge=0, le=110)
    validity_hours: float = Field(default=24, ge=1, le=720)
    orphan_minutes: float = Field(default=15, gt=0)
    repeat_minutes: float = Field(default=15, ge=0)

    @field_validator("addresses", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("addresses")
    @classmethod
    def _fit_for_the_protocol(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for address in value:
            short = len(address.removeprefix("+")) <= LONGEST_ADDRESS
            if not (address.isascii() and address.isprintable() and short):
                raise ValueError(f"an address has at most {LONGEST_ADDRESS} plain characters")
        return value

    @field_validator("system_id", "system_type")
    @classmethod
    def _plain(cls, value: str) -> str:
        if not (value.isascii() and (value.isprintable())):
            raise ValueError("only plain characters can be sent")
        return value

    @field_validator("country")
    @classmethod
    def _known(cls, value: str) -> str:
        if value and value not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError("not a country code of ISO 3166-1 with telephones")
        return value

    @property
    def complete(self) -> bool:
        """Whether a connection can be opened and messages have a sender."""
        return all((self.host, self.system_id, self.addresses))

    @property
    def device(self) -> str:
        """Name of the connection in tables and logs."""
        return f"{self.system_id}@{self.host}:{self.port}"
