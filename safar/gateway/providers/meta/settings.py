"""Settings of the WhatsApp Cloud API, each the variable SAFAR_META_<FIELD>."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Template(BaseModel):
    """An approved template with one variable in its body, and its language as Meta spells it."""

    name: str
    language: str


class MetaSettings(BaseSettings):
    """What an operator sets; without number, token, secret and verify token nothing is served.

    Attributes:
        phone_number_id: Meta's id of our number.
        access_token: for sending.
        app_secrets: that sign webhooks; two while one is changed, commas between.
        verify_token: a word of ours that Meta repeats when the webhook is set up.
        graph_base_url: where the API is.
        graph_version: its version.
        templates: by language variant (BCP 47), for texts 24 hours after a person's last one.
        timeout_seconds: for connecting and for reading, each.
    """

    model_config = SettingsConfigDict(
        env_prefix="SAFAR_META_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    phone_number_id: str = Field(default="", pattern=r"^\d{0,30}$")
    access_token: str = Field(default="", repr=False)
    app_secrets: Annotated[tuple[str, ...], NoDecode] = Field(default=(), repr=False)
    verify_token: str = Field(default="", repr=False)
    graph_base_url: str = "https://graph.facebook.com"
    graph_version: str = Field(default="v23.0", pattern=r"^v\d+\.\d+$")
    templates: dict[str, Template] = {}
    timeout_seconds: float = Field(default=10.0, gt=0)

    @field_validator("app_secrets", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @property
    def complete(self) -> bool:
        """Whether messages can come in and go out."""
        return all((self.phone_number_id, self.access_token, self.app_secrets, self.verify_token))
