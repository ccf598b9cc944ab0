"""How long what is kept stays kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_LONGEST = 36_500


class RetentionSettings(BaseSettings):
    """Days after which things go; each field is the variable SAFAR_RETENTION_<FIELD>.

    What an open case needs, and what is still to be answered or sent, is kept whatever stands here.

    Attributes:
        texts_days: Texts of people and answers to them, with all that came along; the rows stay,
            empty, and say only that there was a message.
        understood_days: What a message was taken for; never longer than its text.
        memory_days: What a talk remembers: country, city, language, what was asked last.
        cases_days: Texts and notes of a case, counted from its end. Number, corridor, kind, risk,
            desk, times and outcome stay.
        people_days: Addresses of people, counted from their last message. They are strangers then.
        consent_days: When somebody asked to be left alone and began again; the newest is kept as
            long as it holds.
        notices_days: What staff were told.
        access_days: Ended sessions of staff, failed tries to sign in, recovery codes once used.
        usage_days: Daily counts, of a person and of all.
        backups_days: How long you keep backups. For as long it stays known, by digest, who was
            forgotten, and a backup that is older cannot be restored.
    """

    model_config = SettingsConfigDict(
        env_prefix="SAFAR_RETENTION_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    texts_days: int = Field(default=180, ge=2, le=_LONGEST)
    understood_days: int = Field(default=180, ge=2, le=_LONGEST)
    memory_days: int = Field(default=90, ge=2, le=_LONGEST)
    cases_days: int = Field(default=730, ge=30, le=_LONGEST)
    people_days: int = Field(default=730, ge=30, le=_LONGEST)
    consent_days: int = Field(default=1825, ge=30, le=_LONGEST)
    notices_days: int = Field(default=180, ge=2, le=_LONGEST)
    access_days: int = Field(default=90, ge=2, le=_LONGEST)
    usage_days: int = Field(default=400, ge=2, le=_LONGEST)
    backups_days: int = Field(default=400, ge=2, le=_LONGEST)

    def limit(self, field: str, now: datetime) -> datetime:
        """Return the moment before which things of a kind go."""
        return now - timedelta(days=getattr(self, field))
