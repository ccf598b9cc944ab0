"""Faults of single files: each is told with file, line, entry and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from content_tree import FILES, changed, write_tree
from hypothesis import given
from hypothesis import strategies as st

from safar.registry.errors import ContentError
from safar.registry.load import MAX_FILE_BYTES, load_content
from safar.registry.yamlfile import read_yaml

NP = "countries/NP.yaml"
QA = "countries/QA.yaml"

# (changes, "file:line: entry" of the problem, part of the message, part of the remedy)
FAULTS = {
    "misspelt key": (
        changed(
            NP,
            "values: {amount: {kind: money, amount: 12000",
            "vaules: {amount: {kind: money, amount: 1",
        ),
        'content/countries/NP.yaml:10: facts[0] "np-fee-cap"',
        '"vaules"',
        'write "values"',
    ),
    "missing key": (
        {NP: FILES[NP].replace("    review_by: 2027-06-30\n", "", 1)},
        'content/countries/NP.yaml:8: facts[0] "np-fee-cap"',
        '"review_by" is missing',
        "2027-06-30",
    ),
    "impossible date": (
        {NP: FILES[NP].replace("2027-06-30", "2027-06-31", 1)},
        'content/countries/NP.yaml:13: facts[0] "np-fee-cap"',
        '"2027-06-31"',
        "2027-06-30",
    ),
    "currency in small letters": (
        changed(NP, 'amount: "10000", currency: NPR', 'amount: "10000", currency: npr'),
        'content/countries/NP.yaml:17: facts[1] "np-fee-cap-qa"',
        '"npr"',
        "capital letters",
    ),
    "amount in words": (
        changed(NP, "amount: 12000", "amount: ten"),
        'content/countries/NP.yaml:10: facts[0] "np-fee-cap"',
        'amount "ten"',
        "correct",
    ),
    "unknown kind of value": (
        changed(NP, "{kind: money, amount: 12000, currency: NPR}", "{kind: cash, amount: 12000}"),
        'content/countries/NP.yaml:10: facts[0] "np-fee-cap"',
        "unknown kind",
        "money",
    ),
    "NO read as false": (
        changed(NP, "destinations: [QA]", "destinations: [QA, NO]"),
        'content/countries/NP.yaml:18: facts[1] "np-fee-cap-qa"',
        "NO without quotes as false",
        'write "NO" in quotes',
    ),
    "on read as true": (
        changed("messages/reply.yaml", "text: Wages", "text: on"),
        'content/messages/reply.yaml:2: messages[0] "option.ask_wages"',
        "on without quotes as true",
        'write "on" in quotes',
    ),
    "key read as false": (
        changed(
            NP,
            "{amount: {kind: money, amount: 12000",
            "{no: {kind: text, text: x}, amount: {kind: money, amount: 1",
        ),
        'content/countries/NP.yaml:10: facts[0] "np-fee-cap"',
        "the key no",
        "in quotes",
    ),
    "duplicate key": (
        changed(QA, "    kind: police\n", "    kind: police\n    kind: fire\n"),
        'content/countries/QA.yaml:19: hotlines[0] "qa-police"',
        "twice, first on line 18",
        "keep one",
    ),
    "unknown hotline kind": (
        changed(QA, "kind: police", "kind: cops"),
        'content/countries/QA.yaml:18: hotlines[0] "qa-police"',
        '"cops" is not known',
        "'police'",
    ),
    "letters in a phone number": (
        changed(QA, "phone: 999", "phone: 999-A"),
        'content/countries/QA.yaml:19: hotlines[0] "qa-police"',
        '"999-A"',
        "digits only",
    ),
    "low yes": (
        changed(QA, "dial_from_abroad: true", "dial_from_abroad: perhaps"),
        'content/countries/QA.yaml:29: hotlines[1] "qa-np-welfare"',
        '"perhaps"',
        "true or false",
    ),
    "text where a list belongs": (
        changed(NP, "destinations: [QA]", "destinations: QA"),
        'content/countries/NP.yaml:18: facts[1] "np-fee-cap-qa"',
        "must be a list",
        "two capital",
    ),
    "nothing where a list belongs": (
        changed(NP, "hotlines: []", "hotlines:"),
        "content/countries/NP.yaml:31: hotlines",
        "not nothing",
        "hotlines: []",
    ),
    "list where a text belongs": (
        changed("places.yaml", "city: Doha", "city: [Doha]"),
        "content/places.yaml:2: places[0]",
        "city must be one text, not a list",
        "one text",
    ),
    "long title": (
        changed("sources/XX.yaml", "title: Qatar law", "title: " + "Qatar law " * 7),
        'content/sources/XX.yaml:3: sources[1] "qa-law"',
        "more than 60",
        "shorten",
    ),
    "sentence named otherwise": (
        changed(QA, "id: fact.qa-passport", "id: fact.passport"),
        'content/countries/QA.yaml:8: facts[0] "qa-passport"',
        "'fact.qa-passport'",
        "mend",
    ),
    "tab": (
        {"money.yaml": "currencies:\n\t- {currency: NPR, words: [nrs]}\nmultipliers: []\n"},
        "content/money.yaml:2",
        "tab",
        "spaces",
    ),
    "not UTF-8": (
        {"places.yaml": b"places:\n  - {country: QA, names: [caf\xe9]}\n"},
        "content/places.yaml:2",
        "not UTF-8",
        "UTF-8",
    ),
    "UTF-16": (
        {"places.yaml": FILES["places.yaml"].encode("utf-16")},
        "content/places.yaml",
        "UTF-16",
        "UTF-8",
    ),
    "empty": (
        {"topics/wages.yaml": "# later\n"},
        "content/topics/wages.yaml",
        "is empty",
        "delete",
    ),
    "control character": (
        {"places.yaml": "places: [{country: QA, names: [\x07]}]\n"},
        "content/places.yaml",
        "control character",
        "remove",
    ),
    "colon in a text": (
        changed("topics/fees.yaml", "text: Ask for a receipt.", "text: Note: ask for a receipt."),
        "content/topics/fees.yaml:20",
        "YAML cannot be read",
        "quote",
    ),
    "open bracket": (
        {"places.yaml": "places: [\n"},
        "content/places.yaml:2",
        "YAML cannot be read",
        "quotes",
    ),
    "tag that would run code": (
        {"places.yaml": "places: !!python/object/apply:os.getcwd []\n"},
        "content/places.yaml:1",
        "tag",
        "plain value",
    ),
    "anchor": (
        {"places.yaml": "places: &all [{country: QA, names: [x]}]\n"},
        "content/places.yaml:1",
        "anchors",
        "write the value out",
    ),
    "two documents": (
        {"places.yaml": "places: []\n---\nplaces: []\n"},
        "content/places.yaml:2",
        "second document",
        "'---'",
    ),
    "too deep": (
        {"places.yaml": "places: " + "[" * 900 + "]" * 900 + "\n"},
        "content/places.yaml:1",
        "levels",
        "indentation",
    ),
    "too large": (
        {"places.yaml": "places: []\n" + "#" * MAX_FILE_BYTES},
        "content/places.yaml",
        "larger than 1,000,000",
        "split",
    ),
    "other extension": (
        {"topics/wages.yml": "id: wages\n"},
        "content/topics/wages.yml",
        "would not be read",
        "wages.yaml",
    ),
    "language of no locale": (
        changed("languages.yaml", "cldr: ne,", "cldr: xq,"),
        'content/languages.yaml:3: languages "ne"',
        "CLDR has no locale",
        "correct",
    ),
}


def problems_of(content: Path) -> list[str]:
    with pytest.raises(ContentError) as caught:
        load_content(content)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_its_place_and_remedy(tmp_path: Path, name: str) -> None:
    changes, place, message, remedy = FAULTS[name]
    (problem,) = problems_of(write_tree(tmp_path, changes))
    assert problem.startswith(f"{place}: ")
    told, _, advice = problem.removeprefix(place).partition("; ")
    assert message in told
    assert remedy in advice


def test_the_tree_itself_loads(content: Path) -> None:
    loaded = load_content(content)
    assert [country.model.code for country in loaded.countries] == ["NP", "QA"]
    assert loaded.languages.tags == ["en", "ne"]


def test_all_faults_of_all_files_are_told_at_once_in_order(tmp_path: Path) -> None:
    content = write_tree(
        tmp_path,
        {
            **changed(QA, "kind: police", "kind: cops"),
            "places.yaml": "places: 1\n",
            NP: FILES[NP].replace("confidence: medium", "confidence: sure"),
        },
    )
    places = [problem.split(": ")[0] for problem in problems_of(content)]
    assert places == [
        *(f"content/countries/NP.yaml:{line}" for line in (14, 22, 30)),
        "content/countries/QA.yaml:18",
        "content/places.yaml:1",
    ]


def test_a_missing_file_and_a_missing_folder_are_told(content: Path, tmp_path: Path) -> None:
    (content / "money.yaml").unlink()
    assert problems_of(content) == ["content/money.yaml: the file does not exist; create it"]
    (problem,) = problems_of(tmp_path / "nowhere")
    assert problem.startswith("nowhere: the folder does not exist")


def test_no_problem_tells_a_path_of_this_machine(tmp_path: Path) -> None:
    content = write_tree(tmp_path, {"languages.yaml": "languages: []\n", "places.yaml": ""})
    assert all(str(tmp_path) not in problem for problem in problems_of(content))


@pytest.mark.parametrize(
    ("written", "read"),
    [("0112", "0112"), ('"0112"', "0112"), ("+97444557777", "+97444557777"), ("999", "999")],
)
def test_a_number_without_quotes_stays_as_it_is_written(
    tmp_path: Path, written: str, read: str
) -> None:
    loaded = load_content(write_tree(tmp_path, changed(QA, "phone: 999", f"phone: {written}")))
    assert loaded.countries[1].model.hotlines[0].phone == read


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    text = FILES["places.yaml"].encode("utf-8-sig")
    loaded = load_content(write_tree(tmp_path, {"places.yaml": text}))
    assert loaded.places.model.places[0].names == ("doha", "दोहा")


@given(st.text(alphabet="ab:-[]{}&*!|>#'\"\n\t \u0928,?%@`", max_size=60))
def test_any_text_is_read_or_refused_with_a_line_of_it(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(text, encoding="utf-8", newline="")
    document, problems = read_yaml(path, "any.yaml", MAX_FILE_BYTES)
    assert document is not None or problems
    last = len(text.splitlines()) + 1
    assert all(0 <= problem.line <= last and problem.remedy for problem in problems)
