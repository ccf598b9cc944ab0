from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.store.crypto import KeyRing
from safar.store.errors import CryptoError

KEY = KeyRing.generate()
HASH_KEY = KeyRing.generate()


@given(st.text(alphabet=st.characters()))
def test_what_is_encrypted_is_decrypted(text: str) -> None:
    ring = KeyRing([KEY], HASH_KEY)
    assert ring.decrypt(ring.encrypt(text)) == text


def test_half_an_emoji_survives() -> None:
    ring = KeyRing([KEY], HASH_KEY)
    assert ring.decrypt(ring.encrypt("\ud83d")) == "\ud83d"
    assert ring.digest("phone", "\ud83d") == ring.digest("phone", "\ud83d")


def test_older_keys_open_and_the_newest_writes() -> None:
    old, new = KeyRing.generate(), KeyRing.generate()
    token = KeyRing([old], HASH_KEY).encrypt("नमस्ते")
    both = KeyRing([new, old], HASH_KEY)
    assert both.decrypt(token) == "नमस्ते"
    assert KeyRing([new], HASH_KEY).decrypt(both.rotate(token)) == "नमस्ते"


def test_of_an_erased_text_nothing_is_left() -> None:
    assert KeyRing([KEY], HASH_KEY).decrypt("") == ""


@pytest.mark.parametrize("token", ["no token", "gAAAAA=", "ключ"])
def test_foreign_token_is_a_sentence(token: str) -> None:
    with pytest.raises(CryptoError, match="cannot be decrypted"):
        KeyRing([KEY], HASH_KEY).decrypt(token)


@pytest.mark.parametrize(
    ("keys", "hash_key", "words"),
    [
        pytest.param([], HASH_KEY, "No encryption key is set", id="none"),
        pytest.param(["secret-but-short"], HASH_KEY, "number 1 of 1", id="no Fernet key"),
        pytest.param(["ключ" * 11], HASH_KEY, "number 1 of 1", id="not ASCII"),
        pytest.param([KeyRing.generate()], "secret-but-short", "needs at least 32", id="hash key"),
    ],
)
def test_bad_keys_are_refused_without_showing_them(
    keys: list[str], hash_key: str, words: str
) -> None:
    with pytest.raises(CryptoError, match=words) as caught:
        KeyRing(keys, hash_key)
    assert "secret-but-short" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_repr_shows_no_key() -> None:
    shown = repr(KeyRing([KEY], HASH_KEY))
    assert KEY not in shown
    assert HASH_KEY not in shown


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("+9779841234567", " +977 984-123 (4567) ", True, id="spaces and dashes"),
        pytest.param("whatsapp:+9779841234567", "+9779841234567", True, id="prefix"),
        pytest.param("US.13491208655302741918", "US.13491208655302741918", True, id="user id"),
        pytest.param("US.1349abc", "US.1349ABC", False, id="user ids keep their case"),
        pytest.param("+9779841234567", "+9779841234568", False, id="another number"),
        pytest.param("35600", "+35600", False, id="short code is no number"),
        pytest.param("NTC-INFO", "NTCINFO", False, id="alphanumeric keeps its dash"),
    ],
)
def test_digest_knows_the_same_address(one: str, other: str, same: bool) -> None:
    ring = KeyRing([KEY], HASH_KEY)
    assert (ring.digest("phone", one) == ring.digest("phone", other)) is same


def test_digest_depends_on_kind_and_key() -> None:
    ring = KeyRing([KEY], HASH_KEY)
    other = KeyRing([KEY], KeyRing.generate())
    digests = {
        ring.digest("phone", "+9779841234567"),
        ring.digest("whatsapp", "+9779841234567"),
        other.digest("phone", "+9779841234567"),
    }
    assert len(digests) == 3
    assert all(len(digest) == 64 for digest in digests)
