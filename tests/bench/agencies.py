"""How long a search among many agencies takes; run by `make bench-agencies`.

The names are put together from syllables with a fixed seed, so every machine searches the same. The
time is of this process alone (CPU), since a busy machine would tell of its other work.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import yaml

from safar.registry.agencies import Agency, AgencyRegister, AgencyStatus, AgencyWords, NameRules
from safar.registry.agencies.index import agency_rows, gram_rows, name_rows
from safar.registry.agencies.search import Found, find_agencies
from safar.registry.sqlite import sqlite3

CONTENT = Path(__file__).resolve().parents[2] / "content"
COUNTRIES = ("NP", "BD", "IN", "LK", "PH", "ID", "VN", "KE", "UG", "PK")
_HEADS = "sa ma ra ta ka ba na pa la ja sha ga da ha cha bha kri mo su ro vi ni de lu ki".split()
_TAILS = "gar math him lash pur dev nath ram sen tal mar bin rik dan lok wan ya li ko sa".split()
_COMMON = "star global golden asia gulf royal national new sky green al united sun world".split()
_TRADE = "Overseas Manpower International Recruitment Services Travels Employment Human".split()
_FORMS = "Pvt. Ltd.|Ltd.|Limited||Co. Ltd.".split("|")
_DEVANAGARI = str.maketrans(
    {"k": "क", "g": "ग", "t": "त", "d": "द", "n": "न", "p": "प", "b": "ब", "m": "म", "r": "र"}
    | {"l": "ल", "s": "स", "h": "ह", "a": "ा", "i": "ि", "u": "ु", "e": "े", "o": "ो", "j": "ज"}
    | {"v": "व", "w": "व", "y": "य", "c": "च"}
)


def _word(luck: random.Random) -> str:
    parts = [luck.choice(_HEADS), luck.choice(_HEADS), luck.choice(_TAILS)]
    return "".join(parts).title()


def register(size: int, country: str, luck: random.Random) -> AgencyRegister:
    """Return a made-up register of `size` agencies."""
    agencies = []
    for number in range(1, size + 1):
        words = [_word(luck)]
        if luck.random() < 0.6:
            words.append(luck.choice(_COMMON).title())
        if luck.random() < 0.5:
            words.append(_word(luck))
        words += [luck.choice(_TRADE), luck.choice(_FORMS)]
        agencies.append(
            Agency(
                licence_number=f"{country}-{number:05d}",
                name=" ".join(words).strip(),
                status=luck.choice(list(AgencyStatus)),
            )
        )
    return AgencyRegister(
        country=country,
        authority="Made up",
        sample=True,
        source="made-up",
        as_of="2026-11-01",
        review_by="2027-11-01",  # type: ignore[arg-type] - pydantic reads it
        confidence="medium",  # type: ignore[arg-type]
        agencies=tuple(agencies),
    )


def database(path: Path, registers: list[tuple[str, AgencyRegister]], rules: NameRules) -> None:
    """Write what registry.db keeps of `registers`."""
    connection = sqlite3.connect(str(path))
    connection.executescript(
        "CREATE TABLE registers (id TEXT PRIMARY KEY, json TEXT);"
        "CREATE TABLE agencies (number INTEGER PRIMARY KEY, register TEXT, country TEXT,"
        " licence_key TEXT, licence_digits TEXT, json TEXT);"
        "CREATE TABLE agency_names (number INTEGER PRIMARY KEY, agency INTEGER, country TEXT,"
        " key TEXT, literal TEXT, words TEXT, name TEXT);"
        "CREATE TABLE agency_grams (gram TEXT, country TEXT, count INTEGER, numbers BLOB);"
    )
    for name, each in registers:
        head = each.model_copy(update={"agencies": ()}).model_dump_json()
        connection.execute("INSERT INTO registers VALUES (?, ?)", (name, head))
    made: tuple[tuple[str, Iterator[dict[str, object]]], ...] = (
        ("agencies", agency_rows(registers)),
        ("agency_names", name_rows(registers, rules)),
        ("agency_grams", gram_rows(registers, rules)),
    )
    for table, rows in made:
        for row in rows:
            marks = ",".join(f":{column}" for column in row)
            connection.execute(f"INSERT INTO {table} VALUES ({marks})", row)  # noqa: S608
    connection.executescript(
        "CREATE INDEX a ON agencies (licence_key); CREATE INDEX b ON agencies (licence_digits);"
        "CREATE INDEX c ON agency_names (key); CREATE INDEX d ON agency_names (literal);"
        "CREATE INDEX e ON agency_grams (gram, country, count);"
    )
    connection.commit()
    connection.close()


def _misspelt(name: str, luck: random.Random) -> str:
    at = luck.randrange(1, len(name) - 1)
    return name[:at] + luck.choice("aeioulrtsn") + name[at + luck.randrange(2) :]


def questions(agencies: list[Agency], luck: random.Random) -> Iterator[tuple[str, str, str]]:
    """Yield (sort, message, licence number of who is meant); the number is empty for nobody."""
    while True:
        agency = luck.choice(agencies)
        words = agency.name.split()
        number = agency.licence_number or ""
        short = " ".join(words[:-1] if len(words) > 2 else words)
        yield "name", agency.name, number
        yield "name in a sentence", f"is {short.lower()} good? they want 2 lakh", number
        yield "misspelt", _misspelt(short, luck), number
        yield "other script", short.lower().translate(_DEVANAGARI), number
        yield "number", f"my paper says licence {number.replace('-0', ' ')} is it ok", number
        yield "nobody", "please tell me what I must pay before I go to Qatar for work", ""
        advert = f"URGENT! 50 helpers for Doha, free visa and food. Call {short} today. " * 4
        yield "advert", advert, number


def measure(
    ask: Callable[[str, str], Found], agencies: dict[str, list[Agency]], times: int
) -> dict[str, dict[str, float]]:
    """Return, by sort of question, CPU milliseconds and the share found among the first five."""
    luck = random.Random(2)  # noqa: S311 - the same questions every time
    streams = {country: questions(rows, luck) for country, rows in agencies.items()}
    took: dict[str, list[float]] = {}
    hits: dict[str, list[bool]] = {}
    for turn in range(times * 7):
        country = list(streams)[turn // 7 % len(streams)]
        sort, text, number = next(streams[country])
        began = time.process_time()
        found = ask(text, country)
        took.setdefault(sort, []).append((time.process_time() - began) * 1000)
        numbers = {match.licence_number for match in found.matches()}
        hits.setdefault(sort, []).append(number in numbers if number else not numbers)
    took["all"] = [value for values in took.values() for value in values]
    return {
        sort: {
            "median_ms": round(median(values), 1),
            "p99_ms": round(quantiles(values, n=100)[98], 1),
            **({"found": round(sum(hits[sort]) / len(hits[sort]), 3)} if sort in hits else {}),
        }
        for sort, values in took.items()
    }


def main() -> None:
    """Make the registers, search them, print what it took."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.agencies", description=__doc__)
    parser.add_argument("--agencies", type=int, default=200_000, help="how many, in all")
    parser.add_argument("--one-country", action="store_true", help="all of them in one register")
    parser.add_argument("--times", type=int, default=300, help="questions of each sort")
    options = parser.parse_args()
    words = yaml.safe_load((CONTENT / "agency_words.yaml").read_text("utf-8"))
    rules = NameRules(AgencyWords.model_validate(words))
    luck = random.Random(1)  # noqa: S311 - the same names every time
    countries = COUNTRIES[:1] if options.one_country else COUNTRIES
    size = options.agencies // len(countries)
    registers = [(country, register(size, country, luck)) for country in countries]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        began = time.process_time()
        database(path, registers, rules)
        print(f"{options.agencies:,} agencies written in {time.process_time() - began:.1f} s CPU,")
        print(f"{path.stat().st_size / 1e6:.1f} MB")
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)

        def ask(text: str, country: str) -> Found:
            return find_agencies(
                lambda sql, values: connection.execute(sql, values).fetchall(),
                rules,
                text,
                country,
            )

        agencies = {country: list(each.agencies) for country, each in registers}
        for sort, figures in measure(ask, agencies, options.times).items():
            print(f"{sort:<20}", json.dumps(figures))
        connection.close()


if __name__ == "__main__":
    main()
