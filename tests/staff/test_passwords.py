"""Passwords: what is asked of a new one, how one is kept, and that everybody costs the same."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from staff_office import GOOD, CountingHasher

from safar.staff.errors import StaffRefusedError
from safar.staff.passwords import LONGEST, SHORTEST, Hasher, check

QUICK = Hasher(memory_kib=8, passes=1)


@pytest.mark.parametrize(
    ("password", "told"),
    [
        pytest.param("short words", "too short", id="eleven"),
        pytest.param("a" * LONGEST + "bcdefgh", "too long", id="too long"),
        pytest.param("aaaaaaaaaaaaaaaa", "easily guessed", id="one sign"),
        pytest.param("abcdefghijklmnop", "easily guessed", id="a row of letters"),
        pytest.param("9876543210987", "easily guessed", id="digits"),
        pytest.param("safarsafarsafar", "easily guessed", id="safar"),
        pytest.param("Safar-2026-Safar", "easily guessed", id="safar and the year"),
        pytest.param("password1234", "easily guessed", id="the first of all"),
        pytest.param("ann.lee@example.org", "easily guessed", id="the address"),
        pytest.param("ann.lee.ann.lee", "easily guessed", id="of the address"),
        pytest.param("Annika Leeuwen 1", "easily guessed", id="the name"),
        pytest.param("qwertyqwerty", "easily guessed", id="the keyboard"),
    ],
)
def test_a_bad_password_is_refused_with_a_reason(password: str, told: str) -> None:
    with pytest.raises(StaffRefusedError, match=told):
        check(password, "ann.lee@example.org", "Annika Leeuwen")


@pytest.mark.parametrize(
    "password",
    [
        pytest.param(GOOD, id="words"),
        pytest.param("tall blue kettle", id="no capital, digit or mark is asked for"),
        pytest.param("सानो नीलो चरा उड्यो", id="another script"),
        pytest.param("x7#Kq!9vT2$m", id="twelve"),
        pytest.param("correct safar horse staple", id="an obvious word among others"),
    ],
)
def test_a_good_password_is_taken(password: str) -> None:
    assert check(password, "ann.lee@example.org", "Annika Leeuwen")


@given(st.text(max_size=SHORTEST - 1))
def test_no_short_one_is_ever_taken(password: str) -> None:
    # Some signs are several once written in one way: those are no short ones.
    try:
        taken = check(password)
    except StaffRefusedError:
        return
    assert len(taken) >= SHORTEST > len(password)


def test_it_is_kept_by_argon2id_with_enough_work() -> None:
    kept = Hasher().hash(GOOD)
    assert kept.startswith("$argon2id$v=19$m=47104,t=2,p=1$")
    assert GOOD not in kept


def test_the_same_word_is_kept_in_two_ways() -> None:
    assert QUICK.hash(GOOD) != QUICK.hash(GOOD)


def test_it_is_the_same_however_it_was_typed() -> None:
    kept = QUICK.hash("cafe\u0301 au lait noir")
    assert QUICK.fits(kept, "caf\u00e9 au lait noir")
    assert not QUICK.fits(kept, "cafe au lait noir")


def test_where_nothing_is_kept_the_same_work_is_done() -> None:
    hasher = CountingHasher()
    assert not hasher.fits(None, GOOD)
    assert not hasher.fits(None, "nobody has this password")
    assert len(hasher.compared) == 2


def test_a_damaged_hash_fits_nothing() -> None:
    assert not QUICK.fits("$argon2id$broken", GOOD)


def test_when_too_many_wait_the_next_is_told_to_come_back() -> None:
    hasher = CountingHasher()
    kept, begun, go_on = hasher.hash(GOOD), threading.Semaphore(0), threading.Event()
    verify = hasher._argon2.verify

    def slow(*words: str) -> bool:
        begun.release()
        go_on.wait(timeout=20)
        return verify(*words)

    hasher._argon2 = SimpleNamespace(verify=slow)  # type: ignore[assignment]
    threads = [threading.Thread(target=hasher.fits, args=(kept, GOOD)) for _ in range(10)]
    for thread in threads:
        thread.start()
    # Two are at work, eight wait; so many in all have a place.
    begun.acquire(), begun.acquire()
    while hasher._places._value:
        time.sleep(0.001)
    with pytest.raises(StaffRefusedError, match="Try again in a minute"):
        hasher.fits(kept, GOOD)
    assert not begun.acquire(blocking=False), "no third one began"
    go_on.set()
    for thread in threads:
        thread.join()
    assert hasher.compared == [True] * 10
    assert hasher.fits(kept, GOOD), "there is room again"


def test_one_kept_with_less_work_is_outdated() -> None:
    assert Hasher().is_outdated(QUICK.hash(GOOD))
    assert not QUICK.is_outdated(QUICK.hash(GOOD))
