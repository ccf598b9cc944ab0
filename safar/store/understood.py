"""What a message was taken for, kept beside it: never its text, and erased with it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from safar.store.crypto import KeyRing

NOT_UNDERSTOOD = "nlu_fallback"
"""The intent of what was not understood."""


class Understood(BaseModel):
    """What was made of one message.

    Attributes:
        intent: What it was understood as; what an option stands for, where one was chosen.
        confidence: How surely, 0 to 1.
        variant: Language variant that it is written in; that of the answer, where none was sure.
        chosen: Id of the option that the person chose instead of writing.
        asked_back: Whether the answer was the question which of two things was meant.
        countries: ISO 3166-1 codes of the countries it names, in order.
        amounts: Sums that it names, with the currency where that was said: ``1200 QAR``.
        sources: What the answer gave as its sources, with the date of each where there is one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    intent: str = NOT_UNDERSTOOD
    confidence: float = Field(default=0.0, ge=0, le=1)
    variant: str = "en"
    chosen: str | None = None
    asked_back: bool = False
    countries: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def sealed(self, keyring: KeyRing) -> str:
        """Return it encrypted: that somebody cried for help is nobody else's to read."""
        return keyring.encrypt(self.model_dump_json(exclude_defaults=True))

    @classmethod
    def opened(cls, keyring: KeyRing, token: str | None) -> Understood | None:
        """Return what was sealed; None where nothing was, or what cannot be read as such.

        Raises:
            CryptoError: No key of the ring opens it.
        """
        if not token:
            return None
        try:
            return cls.model_validate_json(keyring.decrypt(token))
        except ValidationError:
            return None
