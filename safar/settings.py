"""Settings, read once from the environment (and an .env file) by whoever starts a process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Everything an operator can set; each field is the variable SAFAR_<FIELD>.

    Lists are written with commas. Secrets come only from the environment or from a .env file that
    `safar init` writes with mode 0600.
    """

    model_config = SettingsConfigDict(
        env_prefix="SAFAR_", env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    home: Path = ROOT / "var"
    database_url: str = ""
    registry_path: Path = Path()
    content_dir: Path = ROOT / "content"
    locales_dir: Path = ROOT / "locales"
    bot_dir: Path = ROOT / "bot"
    model_path: Path = Path()

    keys: Annotated[tuple[str, ...], NoDecode] = ()
    hash_key: str = ""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_base_url: str = ""
    body_limit_bytes: int = 131072
    simulator: bool = False
    metrics_token: str = Field(default="", repr=False)

    twilio_account_sid: str = ""
    twilio_auth_tokens: Annotated[tuple[str, ...], NoDecode] = ()
    twilio_api_key_sid: str = ""
    twilio_api_key_secret: str = ""
    twilio_api_base_url: str | None = None
    twilio_sms_from: str = ""
    twilio_whatsapp_from: str = ""
    twilio_messaging_service_sid: str = ""
    twilio_timeout_seconds: float = Field(default=10.0, gt=0)
    twilio_signature: Literal["auth_token", "shared_key"] = "auth_token"
    twilio_shared_keys: Annotated[tuple[str, ...], NoDecode] = ()
    twilio_obeys_stop: bool = True
    twilio_templates: dict[str, str] = {}
    twilio_quick_replies: dict[str, str] = {}
    twilio_validity_seconds: int = Field(default=14_400, ge=1, le=36_000)
    twilio_reconcile_seconds: float = Field(default=300.0, gt=0)
    twilio_reconcile_hours: float = Field(default=24.0, gt=0)

    lease_seconds: float = 30.0
    poll_seconds: float = 0.2
    settle_seconds: float = 15.0
    intent_threshold: float = Field(default=0.35, ge=0, le=1)
    session_minutes: int = 60
    stranger_after_days: int = Field(default=90, ge=1)
    fresh_hours: float = Field(default=4.0, gt=0)

    @field_validator("keys", "twilio_auth_tokens", "twilio_shared_keys", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @model_validator(mode="before")
    @classmethod
    def _below_home(cls, values: Any) -> Any:
        home = Path(values.get("home") or ROOT / "var")
        bot = Path(values.get("bot_dir") or ROOT / "bot")
        values = dict(values)
        if not values.get("database_url"):
            values["database_url"] = f"sqlite:///{home / 'safar.db'}"
        if not values.get("registry_path"):
            values["registry_path"] = home / "registry.db"
        if not values.get("model_path"):
            values["model_path"] = bot / "models"
        return values


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """Return the settings, read from the environment at the first call."""
    return Settings()
