"""Settings, read once from the environment (and an .env file) by whoever starts a process."""

from __future__ import annotations

from decimal import Decimal
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

    Attributes:
        home: Folder of the store and the registry.
        database_url: Address of the store; a file below ``SAFAR_HOME`` if empty. PostgreSQL:
            ``postgresql://user:password@host/name``.
        registry_path: The registry built from the content; below ``SAFAR_HOME`` if empty.
        content_dir: What editors keep.
        content_public_key: Only content signed with the other half of this key is answered from.
            `safar content keys` makes both; empty: any content that was built.
        content_signing_key: Signs published content; only on the machine where it is published.
        locales_dir: The translations.
        reviewed_only: Send only translations that a native speaker has reviewed, else English.
        bot_dir: The assistant's rules and training data.
        model_path: The trained model, or the folder of models; below ``SAFAR_BOT_DIR`` if empty.
        keys: Keys of encryption, the newest first. `safar init` makes one. Keep a copy.
        hash_key: Key of look-ups. `safar init` makes it. It can never be changed.
        host: Address on which the gateway listens.
        port: Port on which the gateway listens.
        public_base_url: Scheme and host as providers call them, such as
            ``https://gateway.example.org``. Signatures are checked against it.
        body_limit_bytes: Longest call that is read.
        simulator: Show the simulator; never on a machine that strangers reach.
        console: Show the console of staff, at ``/console``.
        sso_issuer: Who signs staff in, if you have single sign-on (OpenID Connect), such as
            ``https://login.example.org``. Its answers are only asked for when staff sign in.
        sso_client_id: As Safar is known there.
        sso_client_secret: What it was given there.
        sso_name: What the button says, such as the name of your ministry.
        sso_code: Whether Safar asks for its own one-time code after single sign-on: ``always``,
            ``never``, or ``unless_given``, which believes what the provider says of it (``amr``).
        console_segment_price: What one SMS costs you, such as ``0.04``: officers see what a reply
            costs while they write it.
        console_segment_currency: The currency of that price, such as ``USD``.
        console_translator: A function of yours that translates a text for an officer who asks for
            it, such as ``our_module:translate``; it is given the text, the variant it is in and
            the language wanted. Empty: no text leaves this machine to be translated.
        metrics_token: Opens ``/metrics`` to whoever sends it; closed if empty.
        twilio_account_sid: Your account, ``AC…``.
        twilio_auth_tokens: The account's Auth Token; two while one is changed.
        twilio_api_key_sid: An API key for sending, ``SK…``; the Auth Token is used if empty.
        twilio_api_key_secret: The secret of that key.
        twilio_api_base_url: Where Twilio's API is, if not at Twilio; for tests.
        twilio_sms_from: Your numbers for SMS. When a webhook was lost, messages to them are
            fetched from Twilio's list. Answers go out from the number that was written to.
        twilio_whatsapp_from: Your WhatsApp senders, such as ``+15551234567``; the same for them.
        twilio_messaging_service_sid: A Messaging Service that SMS go out through, ``MG…``.
        twilio_timeout_seconds: Longest call of Twilio's API.
        twilio_signature: How calls of Twilio are checked: ``auth_token``, or ``shared_key`` for
            accounts that Twilio has given shared keys.
        twilio_shared_keys: Those keys; two while one is changed.
        twilio_obeys_stop: Twilio itself acts on STOP and START on your numbers.
        twilio_templates: WhatsApp templates by language for answers after 24 hours, such as
            ``{"en": "HX…"}``.
        twilio_quick_replies: WhatsApp contents with buttons, by how many buttons each has: 1, 2
            or 3, such as ``{"2": "HX…"}``.
        twilio_validity_seconds: How long Twilio tries to send a text.
        twilio_reconcile_seconds: Between two looks at Twilio's list for messages that were lost.
        twilio_reconcile_hours: How far back such a look goes.
        lease_seconds: After so long without a sign, the work of one process is given to another.
        poll_seconds: Longest time between two looks for work.
        settle_seconds: How long a text of unknown outcome waits before the provider is asked.
        intent_threshold: Surety below which the assistant asks what was meant, 0 to 1.
        session_minutes: After so long without a message a talk begins anew.
        stranger_after_days: After so long without a message all that a talk remembers is
            forgotten: the number may be another person's by now.
        fresh_hours: An answer older than this is made anew before it is sent.
    """

    model_config = SettingsConfigDict(
        env_prefix="SAFAR_", env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    home: Path = ROOT / "var"
    database_url: str = ""
    registry_path: Path = Path()
    content_dir: Path = ROOT / "content"
    content_public_key: str = ""
    content_signing_key: str = Field(default="", repr=False)
    locales_dir: Path = ROOT / "locales"
    reviewed_only: bool = False
    bot_dir: Path = ROOT / "bot"
    model_path: Path = Path()

    keys: Annotated[tuple[str, ...], NoDecode] = ()
    hash_key: str = ""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_base_url: str = ""
    body_limit_bytes: int = 131072
    simulator: bool = False
    console: bool = False
    sso_issuer: str = ""
    sso_client_id: str = ""
    sso_client_secret: str = Field(default="", repr=False)
    sso_name: str = ""
    sso_code: Literal["always", "unless_given", "never"] = "unless_given"
    console_segment_price: Decimal | None = Field(default=None, ge=0)
    console_segment_currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    console_translator: str = Field(default="", pattern=r"^([\w.]+:\w+)?$")
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
