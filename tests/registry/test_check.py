"""Faults across files: each is told with file, line, entry and remedy."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from content_tree import FILES, changed, write_tree

from safar.registry.check import CheckReport, check_content
from safar.registry.intents import INTENTS
from safar.registry.load import load_content

TODAY = date(2026, 11, 23)
SHIPPED = Path(__file__).parents[2] / "content"
NP = "countries/NP.yaml"
QA = "countries/QA.yaml"
MISSIONS = "missions/NP.yaml"
FEES = "topics/fees.yaml"
REPLY = "messages/reply.yaml"


def second_topic(intent: str, title: str) -> str:
    return f"""\
id: other
intents: [{intent}]
stage: any
title: {{id: option.{intent}, text: {title}}}
blocks:
  - id: only
    message: {{id: topic.other.only, text: Nothing.}}
"""


# (changes, "severity file:line: entry", part of the message and remedy)
FAULTS = {
    "unknown source of a fact": (
        changed(QA, "source: qa-law\n    as_of: 2020", "source: qa-low\n    as_of: 2020"),
        'error content/countries/QA.yaml:11: facts[0] "qa-passport"',
        '"qa-low" does not exist',
    ),
    "unknown source of an authority": (
        changed(QA, "name: Ministry of Labour, source: qa-law", "name: M, source: x1"),
        "error content/countries/QA.yaml:6: authorities",
        '"x1" does not exist',
    ),
    "unknown source of a register": (
        changed("agencies/NP.yaml", "source: made-up", "source: real"),
        "error content/agencies/NP.yaml:4: source",
        '"real" does not exist',
    ),
    "fact id twice": (
        changed(NP, "id: np-fee-cap-qa", "id: np-fee-cap"),
        'error content/countries/NP.yaml:15: facts[1] "np-fee-cap"',
        "NP.yaml:8",
    ),
    "hotline id twice": (
        changed(QA, "id: qa-np-welfare", "id: qa-police"),
        'error content/countries/QA.yaml:24: hotlines[1] "qa-police"',
        "QA.yaml:16",
    ),
    "mission id twice": (
        changed(MISSIONS, "id: np-qa-embassy", "id: np-qa-consulate"),
        'error content/missions/NP.yaml:13: missions[1] "np-qa-consulate"',
        "already",
    ),
    "block id twice": (
        changed(FEES, "id: receipt", "id: police"),
        'error content/topics/fees.yaml:19: blocks[3] "police"',
        "already",
    ),
    "message id with another text": (
        changed(REPLY, "option.ask_wages", "option.ask_recruitment_fees"),
        'error content/messages/reply.yaml:2: messages[0] "option.ask_recruitment_fees"',
        "another text at content/topics/fees.yaml:4",
    ),
    "reference to no message": (
        changed(QA, "passport_law\n", "passport_law\n    values: {who: {kind: ref, id: nobody}}\n"),
        'error content/countries/QA.yaml:10: facts[0] "qa-passport"',
        '"nobody"',
    ),
    "file named for another country": (
        {"missions/BD.yaml": "origin: IN\nmissions: []\n"},
        "error content/missions/BD.yaml:1: origin",
        "rename the file to IN.yaml",
    ),
    "mission of another origin": (
        changed(MISSIONS, "consulate\n    origin: NP", "consulate\n    origin: IN"),
        'error content/missions/NP.yaml:4: missions[0] "np-qa-consulate"',
        "IN.yaml",
    ),
    "danger words of no language": (
        {"danger/xx.yaml": "variant: xx\nphrases: []\n"},
        "error content/danger/xx.yaml:1: variant",
        "not in languages.yaml",
    ),
    "no such currency": (
        changed(NP, 'amount: "10000", currency: NPR', 'amount: "10000", currency: NRP'),
        'error content/countries/NP.yaml:17: facts[1] "np-fee-cap-qa": currency "NRP"',
        'write "NPR"',
    ),
    "no such country": (
        changed("places.yaml", "country: QA", "country: UK"),
        "error content/places.yaml:2: places[0]",
        "the United Kingdom is GB",
    ),
    "number that is too short": (
        changed(MISSIONS, "+97444675683", "+9744"),
        'error content/missions/NP.yaml:19: missions[1] "np-qa-embassy"',
        "dialled",
    ),
    "number from abroad without country code": (
        changed(QA, '"+97444675681"', '"44675681"'),
        'error content/countries/QA.yaml:27: hotlines[1] "qa-np-welfare"',
        "no country code",
    ),
    "mission number without country code": (
        changed(MISSIONS, "+97444675683", "44675683"),
        'warning content/missions/NP.yaml:19: missions[1] "np-qa-embassy"',
        "no country code",
    ),
    "month that is none": (
        changed("sources/XX.yaml", "2015-07", "2015-13"),
        'error content/sources/XX.yaml:2: sources[0] "np-rule-2015"',
        "not in the calendar",
    ),
    "read in the future": (
        changed("agencies/NP.yaml", "2026-11-01", "2026-12"),
        "warning content/agencies/NP.yaml:5: as_of",
        "in the future",
    ),
    "past review": (
        changed(QA, "2020\n    review_by: 2027-06-30", "2020\n    review_by: 2026-11-22"),
        'warning content/countries/QA.yaml:13: facts[0] "qa-passport"',
        '"qa-passport" is past review',
    ),
    "low confidence": (
        changed(QA, "confidence: high", "confidence: low"),
        'note content/countries/QA.yaml:14: facts[0] "qa-passport"',
        "low confidence",
    ),
    "disputed": (
        changed(QA, "confidence: high", "confidence: high\n    disputed: true"),
        'note content/countries/QA.yaml:15: facts[0] "qa-passport"',
        "in dispute",
    ),
    "open brace": (
        changed(FEES, "may charge {amount}.", "may charge {amount."),
        'error content/topics/fees.yaml:11: blocks[0] "cap"',
        "brace",
    ),
    "placeholder that is no name": (
        changed(REPLY, '"{count} pages more"', '"{0} {count} pages more"'),
        'error content/messages/reply.yaml:6: messages[2] "reply.more"',
        "plain name",
    ),
    "plural without count": (
        changed(REPLY, '"{count} pages more"', '"More pages"'),
        'error content/messages/reply.yaml:6: messages[2] "reply.more"',
        "{count}",
    ),
    "unknown intent": (
        changed(FEES, "intents: [ask_recruitment_fees]", "intents: [ask_fees]"),
        "error content/topics/fees.yaml:2: intents[0]",
        '"ask_fees"',
    ),
    "unknown option": (
        {
            **changed(FEES, "[ask_wages, talk_to_person]", "[ask_wages, ask_money]"),
            REPLY: FILES[REPLY].replace("talk_to_person", "ask_money"),
        },
        "error content/topics/fees.yaml:21: options[1]",
        '"ask_money"',
    ),
    "option without title": (
        changed(REPLY, "option.ask_wages", "option.ask_unions"),
        "error content/topics/fees.yaml:21: options[0]",
        '"option.ask_wages"',
    ),
    "title taken by phone companies": (
        changed(REPLY, "text: Wages", 'text: "Help!"'),
        'error content/messages/reply.yaml:2: messages[0] "option.ask_wages"',
        "phone companies",
    ),
    "title that is too long": (
        changed(REPLY, "text: Wages", "text: Wages that were not paid yet"),
        'error content/messages/reply.yaml:2: messages[0] "option.ask_wages"',
        "more than 24",
    ),
    "intent answered twice": (
        {"topics/other.yaml": second_topic("ask_recruitment_fees", "Fees")},
        "error content/topics/other.yaml:2: intents[0]",
        "content/topics/fees.yaml",
    ),
    "kinds without a fact": (
        changed(FEES, "[passport_law]\n    of: destination", "[passport_law]\n    of: origin"),
        'error content/topics/fees.yaml:14: blocks[1] "passport"',
        "no country has a fact",
    ),
    "one kind without a fact": (
        changed(FEES, "kinds: [fee_cap]", "kinds: [fee_cap, fee_none]"),
        'warning content/topics/fees.yaml:8: blocks[0] "cap"',
        '"fee_none"',
    ),
    "placeholder that the facts do not give": (
        changed(FEES, "charge {amount}.", "charge {amount} for {months}."),
        'error content/countries/NP.yaml:10: facts[0] "np-fee-cap"',
        "needs {months}",
    ),
    "sentence with a value that its fact lacks": (
        changed(QA, "In {destination} nobody", "In {destination} {who}"),
        'error content/countries/QA.yaml:10: facts[0] "qa-passport"',
        "needs {who}",
    ),
    "placeholder where no fact is stated": (
        changed(FEES, "text: Ask for a receipt.", 'text: "Pay {amount} only."'),
        'error content/topics/fees.yaml:20: blocks[3] "receipt"',
        "{amount} has no value",
    ),
    "fact that nobody words": (
        {QA: "\n".join(line for line in FILES[QA].splitlines() if "sentence:" not in line)},
        'error content/countries/QA.yaml:8: facts[0] "qa-passport"',
        "has no sentence",
    ),
    "fact of one corridor said to all": (
        changed(FEES, "    corridor: true\n", ""),
        'error content/countries/NP.yaml:18: facts[1] "np-fee-cap-qa"',
        "corridor: true",
    ),
    "block that says nothing": (
        changed(FEES, "    hotlines: [police]\n", ""),
        'error content/topics/fees.yaml:16: blocks[2] "police"',
        "says nothing",
    ),
    "doubt without an authority": (
        changed(FEES, "ask: recruitment", "ask: agency_check"),
        "warning content/countries/NP.yaml:5: authorities",
        "agency_check",
    ),
    "fact that no topic states": (
        changed(QA, "kind: passport_law", "kind: passport_custom"),
        'note content/countries/QA.yaml:9: facts[0] "qa-passport"',
        "no topic states",
    ),
    "near miss taken for danger": (
        changed("danger/en.yaml", "nobody beats that price", "nobody beats me at chess"),
        "error content/danger/en.yaml:6: near_misses[0]",
        '"beats me"',
    ),
    "near miss taken for danger in another language": (
        {"danger/ne.yaml": "variant: ne\nphrases: []\nnear_misses: [kidnapper film]\n"},
        "warning content/danger/ne.yaml:3: near_misses[0]",
        '"kidnap" of en',
    ),
    "danger phrase without letters": (
        changed("danger/en.yaml", "text: beats me", 'text: "?!"'),
        "error content/danger/en.yaml:4: phrases[1]",
        "no letters",
    ),
}


def report_of(content: Path, today: date = TODAY) -> CheckReport:
    return check_content(load_content(content), today)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_its_place_and_remedy(tmp_path: Path, name: str) -> None:
    changes, place, said = FAULTS[name]
    problems = report_of(write_tree(tmp_path, changes)).problems
    told = [f"{problem.severity.value} {problem}" for problem in problems]
    fitting = [each for each in told if each.startswith(place) and said in each]
    assert len(fitting) == 1, told


def test_the_tree_itself_has_no_problems(content: Path) -> None:
    assert report_of(content).problems == ()


def test_a_message_may_repeat_with_the_same_text(tmp_path: Path) -> None:
    changes: dict[str, str | bytes] = {"topics/other.yaml": second_topic("ask_wages", "Wages")}
    assert report_of(write_tree(tmp_path, changes)).problems == ()


def test_a_toll_free_number_of_a_mission_has_no_form_for_abroad(tmp_path: Path) -> None:
    assert (
        report_of(write_tree(tmp_path, changed(MISSIONS, "+97444675683", "8005555"))).problems == ()
    )


def test_review_ends_the_day_after(content: Path) -> None:
    assert report_of(content, date(2027, 6, 30)).warnings == ()
    assert len(report_of(content, date(2027, 7, 1)).warnings) == 9


def test_international_facts_are_stated_by_blocks_of_their_own(tmp_path: Path) -> None:
    block = "  - {id: ilo, kinds: [ilo], of: international}\n"
    world = FILES[QA]
    for old, new in (
        ("code: QA", "code: XX"),
        ("[destination]", "[]"),
        ("QAR", "XXX"),
        ("passport_law", "ilo"),
        ("qa-", "xx-"),
        ("xx-law", "qa-law"),
        ("{destination}", "the world"),
    ):
        world = world.replace(old, new)
    changes = {
        **changed(FEES, "  - id: receipt", f"{block}  - id: receipt"),
        "countries/XX.yaml": world,
    }
    assert report_of(write_tree(tmp_path, changes)).errors == ()


def test_intents_are_those_of_the_taxonomy_each_once() -> None:
    assert len(INTENTS) == len(set(INTENTS)) == 37


def test_the_shipped_content_has_no_errors() -> None:
    assert [str(problem) for problem in report_of(SHIPPED).errors] == []
