"""Ids of messages of people who were forgotten: still known as repeats, yet opening nothing.

With a provider's id of a message, the provider's own log shows text and number. The keyed digest in
its place is enough to know the message again, should a webhook or a list bring it once more.
"""

from __future__ import annotations

from safar.store.crypto import KeyRing

_PREFIX = "forgotten:"


def forgotten_id(keyring: KeyRing, provider: str, provider_message_id: str) -> str:
    """Return what stands in place of a message's id; the same for the same message."""
    if provider_message_id.startswith(_PREFIX):
        return provider_message_id
    return _PREFIX + keyring.digest("message", f"{provider}\n{provider_message_id}")


def known_ids(keyring: KeyRing, provider: str, provider_message_id: str) -> tuple[str, str]:
    """Return under which ids a message may stand in the inbox."""
    return provider_message_id, forgotten_id(keyring, provider, provider_message_id)
