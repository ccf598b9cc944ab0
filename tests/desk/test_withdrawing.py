"""A wrong fact is out of every answer at once, and the answer names who knows."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from content_tree import FILES

from safar.answers.compose import Corridor, compose_topic
from safar.answers.contacts import embassy, hotlines
from safar.desk.diff import differences
from safar.desk.errors import EditError, PublishError
from safar.desk.publishing import Desk, approve, publish, rollback, submit
from safar.desk.withdrawing import find_entries, withdraw
from safar.messaging.reply import Reply
from safar.registry.build import build_registry
from safar.registry.load import load_content
from safar.registry.query import Registry

QATAR, NEPAL = "countries/QA.yaml", "countries/NP.yaml"


def answer(registry: Registry, now: datetime) -> Reply:
    return compose_topic(registry, "fees", origin="NP", destination="QA", today=now.date())


def take(desk: Desk, content: Path, entry: str, now: datetime) -> Registry:
    withdraw(desk, content, entry, reason="read: 'wrong', #1", by="Asha", now=now)
    return Registry.open(desk.shelf.registry_path, desk.public_key if desk.signing_key else "")


def test_a_cap_that_was_withdrawn_is_not_replaced_by_the_general_one(
    desk: Desk, content: Path, now: datetime, put_in_use
) -> None:
    put_in_use(desk, content, "one")
    registry = Registry.open(desk.shelf.registry_path, desk.public_key)
    assert answer(registry, now).parts[0].id == "topic.fees.cap"
    reply = answer(take(desk, content, "np-fee-cap-qa", now), now)
    assert reply.parts[0].id == "answer.doubt"
    assert [part.id for part in reply.parts].count("topic.fees.cap") == 0
    # Another corridor keeps what holds in general.
    registry = Registry.open(desk.shelf.registry_path, desk.public_key)
    other = compose_topic(registry, "fees", origin="NP", destination=None, today=now.date())
    assert other.parts[0].id == "topic.fees.cap"


def test_a_fact_whose_block_asks_nobody_names_the_countrys_authority(
    desk: Desk, content: Path, now: datetime, put_in_use
) -> None:
    put_in_use(desk, content, "one")
    reply = answer(take(desk, content, "qa-passport", now), now)
    assert "fact.qa-passport" not in [part.id for part in reply.parts]
    (doubt,) = [part for part in reply.parts if part.id.startswith("answer.doubt")]
    assert doubt.values["authority"].text == "Ministry of Labour"


def test_a_number_and_a_mission_are_gone(
    desk: Desk, content: Path, now: datetime, put_in_use
) -> None:
    put_in_use(desk, content, "one")
    corridor = Corridor("NP", "QA")
    take(desk, content, "np-qa-embassy", now)
    registry = take(desk, content, "qa-police", now)
    said = str([hotlines(registry, corridor, now.date()), embassy(registry, corridor, now.date())])
    assert "999" not in said
    assert "Embassy of Nepal" not in said
    assert "Consulate of Nepal" in said
    assert desk.shelf.current() == "one-w2"


def test_drafts_do_not_come_along(desk: Desk, content: Path, now: datetime, put_in_use) -> None:
    put_in_use(desk, content, "one")
    text = FILES[NEPAL].replace('"10000"', '"77777"')
    (content / NEPAL).write_text(text)
    reply = answer(take(desk, content, "qa-passport", now), now)
    assert str(reply.parts[0].values["amount"].amount) == "10000"
    assert (content / NEPAL).read_text() == text
    manifest = desk.shelf.manifests()[-1]
    assert (manifest.kind, manifest.base, manifest.submitted_by) == ("withdrawal", "one", "Asha")


@pytest.mark.parametrize("mended", [False, True])
def test_what_was_withdrawn_does_not_come_back_unmended(
    desk: Desk, content: Path, now: datetime, put_in_use, mended: bool
) -> None:
    put_in_use(desk, content, "one")
    submit(desk, content, by="Asha", now=now, name="two")  # before anybody knew
    approve(desk, "two", by="Binod", now=now)
    take(desk, content, "qa-passport", now)
    with pytest.raises(PublishError, match="qa-passport .read: 'wrong', #1.*Submit it again"):
        publish(desk, "two", now=now)
    with pytest.raises(PublishError, match="--anyway"):
        rollback(desk, "one")
    assert desk.shelf.current() == "one-w1"
    if mended:
        text = FILES[QATAR].replace("nobody may keep your passport", "an employer may keep none")
        (content / QATAR).write_text(text)
        put_in_use(desk, content, "three")
        assert desk.shelf.current() == "three"
    else:
        rollback(desk, "one", anyway=True)
        assert desk.shelf.current() == "one"


def test_without_a_published_version_the_registry_is_built_anew(
    desk: Desk, content: Path, now: datetime
) -> None:
    build_registry(content, desk.shelf.registry_path, now)
    unsigned = Desk(desk.shelf)
    reply = answer(take(unsigned, content, "np-fee-cap-qa", now), now)
    assert reply.parts[0].id == "answer.doubt"


def test_the_file_is_otherwise_as_it_was(desk: Desk, content: Path, now: datetime) -> None:
    path = content / QATAR
    before = "# Kept.\n" + FILES[QATAR].replace("hotlines:", "# Numbers.\nhotlines:  # all\n")
    path.write_text(before.replace("hotlines:  # all\n\n", "hotlines:  # all\n"))
    lines = path.read_text().splitlines()
    withdraw(Desk(desk.shelf), content, "qa-passport", reason="no, #1", by="Asha", now=now)
    after = path.read_text().splitlines()
    (new,) = [line for line in after if line not in lines]
    assert new == '    withdrawn: {day: 2026-11-28, by: Asha, reason: "no, #1"}'.replace('"', "'")
    after.remove(new)
    assert after == lines
    (fact,) = [fact for _, fact, _ in load_content(content).facts() if fact.id == "qa-passport"]
    assert fact.withdrawn is not None
    assert fact.withdrawn.reason == "no, #1"


@pytest.mark.parametrize(
    ("entry", "by", "reason", "said"),
    [
        ("nothing", "Asha", "it is wrong", "There is no fact"),
        ("", "Asha", "it is wrong", "There is no fact"),
        ("qa-passport", "", "it is wrong", "--by"),
        ("qa-passport", "Asha", " \n", "--reason"),
        ("qa-passport", "Asha", "x" * 301, "--reason"),
    ],
)
def test_what_cannot_be_withdrawn_changes_nothing(  # noqa: PLR0913, PLR0917
    desk: Desk, content: Path, now: datetime, entry: str, by: str, reason: str, said: str
) -> None:
    before = {path: path.read_text() for path in content.rglob("*.yaml")}
    with pytest.raises(EditError, match=said):
        withdraw(desk, content, entry, reason=reason, by=by, now=now)
    assert {path: path.read_text() for path in content.rglob("*.yaml")} == before
    assert not desk.shelf.registry_path.exists()


def test_an_entry_is_found_by_what_it_says(content: Path) -> None:
    found = find_entries(load_content(content), "police 999")
    assert [name for name, _, _ in found] == ["qa-police"]


def test_a_difference_is_told_in_words(content: Path, now: datetime, tmp_path: Path) -> None:
    old = load_content(content)
    text = FILES[NEPAL].replace('amount: "10000"', 'amount: "12500"')
    text = text.replace(
        "    source: np-rule-2015\n    as_of: 2019", "    source: qa-law\n    as_of: 2019"
    )
    (content / NEPAL).write_text(text)
    qatar = FILES[QATAR].replace("id: qa-police", "id: qa-police-new")
    (content / QATAR).write_text(qatar.replace("phone: 999", "phone: 112"))
    told = [str(change) for change in differences(old, load_content(content))]
    assert told[0] == (
        "changed fact np-fee-cap-home (Nepal)\n    source: was np-rule-2015, now qa-law"
    )
    assert told[1] == (
        "changed fact np-fee-cap-qa (Nepal)\n    amount: was NPR 10,000, now NPR 12,500"
    )
    assert told[2].startswith("removed hotline qa-police (Qatar)\n    name: Police")
    assert "phone: 112" in told[3]
    assert len(told) == 4
    assert differences(old, old) == []
