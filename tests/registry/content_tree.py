"""A small content folder for tests: two countries, one corridor, every kind of file."""

from __future__ import annotations

from pathlib import Path

_SIGNS: list[str] = (
    "fee_above_cap fee_charged pay_to_personal_account passport_surrender tourist_visa no_contract"
    " contract_substitution guaranteed_visa urgent_pressure too_good_pay no_licence_named"
    " personal_email_or_chat_only secrecy debt_or_deduction age_or_identity_falsification"
    " restricted_movement no_interview"
).split()
_SIGN = (
    "  - {{id: {}, severity: medium, meaning: option.ask_wages, why: option.ask_wages,"
    " do: option.ask_wages, rule: C181, source: qa-law}}\n"
)
RED_FLAGS = f"""\
flags:
{"".join(map(_SIGN.format, _SIGNS))}
risk: {{points: {{high: 4, medium: 2, low: 1}}, high: 4, medium: 2}}
questions: [fee_charged]
recognise: {{letters: 80, offer_words: 2, many_offer_words: 5, points: 4}}
pay: {{ceilings: {{other: 4000}}, per_usd: {{USD: 1}}}}
contacts: {{freemail: [gmail.com], chat: [wa.me]}}
"""

FILES: dict[str, str] = {
    "languages.yaml": """\
languages:
  - {tag: en, name: English, english: English, cldr: en, script: Latn}
  - {tag: ne, name: नेपाली, english: Nepali, cldr: ne, script: Deva, fallback: en, menu_words: [मेनु]}
""",
    "sources/XX.yaml": """\
sources:
  - {id: np-rule-2015, title: Nepal rule 2015, kind: official, published: 2015-07}
  - {id: qa-law, title: Qatar law, kind: official}
  - {id: made-up, title: Made-up register, kind: secondary}
""",
    "countries/NP.yaml": """\
code: NP
roles: [origin]
currency: NPR
calling_code: "+977"
authorities:
  recruitment: {id: np-dofe, name: DoFE, website: dofe.example, source: np-rule-2015}
facts:
  - id: np-fee-cap
    kind: fee_cap
    values: {amount: {kind: money, amount: 12000, currency: NPR}}
    source: np-rule-2015
    as_of: 2015-06
    review_by: 2027-06-30
    confidence: medium
  - id: np-fee-cap-qa
    kind: fee_cap
    values: {amount: {kind: money, amount: "10000", currency: NPR}}
    destinations: [QA]
    source: np-rule-2015
    as_of: 2015-06
    review_by: 2027-06-30
    confidence: medium
  - id: np-fee-cap-home
    kind: fee_cap
    values: {amount: {kind: money, amount: "0", currency: NPR}}
    sectors: [domestic]
    source: np-rule-2015
    as_of: 2019
    review_by: 2027-06-30
    confidence: medium
hotlines: []
""",
    "countries/QA.yaml": """\
code: QA
roles: [destination]
currency: QAR
calling_code: "+974"
authorities:
  labour: {id: qa-mol, name: Ministry of Labour, source: qa-law}
facts:
  - id: qa-passport
    kind: passport_law
    sentence: {id: fact.qa-passport, text: "In {destination} nobody may keep your passport."}
    source: qa-law
    as_of: 2020
    review_by: 2027-06-30
    confidence: high
hotlines:
  - id: qa-police
    name: {id: hotline.police, text: Police}
    kind: police
    phone: 999
    source: qa-law
    as_of: 2024-11-21
    review_by: 2027-06-30
    confidence: medium
  - id: qa-np-welfare
    name: {id: hotline.welfare, text: Welfare officer}
    kind: welfare
    phone: "+97444675681"
    for_origins: [NP]
    dial_from_abroad: true
    source: qa-law
    as_of: 2024-11-21
    review_by: 2027-06-30
    confidence: medium
""",
    "missions/NP.yaml": """\
origin: NP
missions:
  - id: np-qa-consulate
    origin: NP
    destination: QA
    city: Al Khor
    kind: consulate
    name: Consulate of Nepal
    source: np-rule-2015
    as_of: 2024
    review_by: 2027-06-30
    confidence: medium
  - id: np-qa-embassy
    origin: NP
    destination: QA
    city: Doha
    kind: embassy
    name: Embassy of Nepal
    phone: "+97444675683"
    source: np-rule-2015
    as_of: 2024
    review_by: 2027-06-30
    confidence: medium
""",
    "agencies/NP.yaml": """\
country: NP
authority: DoFE
sample: true
source: made-up
as_of: 2026-11-01
review_by: 2027-06-30
confidence: medium
agencies:
  - {licence_number: 0101/081, name: Himal Star Manpower Pvt. Ltd., status: valid}
  - {licence_number: EX-102, name: हिमाल ओभरसिज, status: suspended}
  - {licence_number: EX-103, name: Himal Starlight, status: cancelled}
""",
    "messages/reply.yaml": """\
messages:
  - {id: option.ask_wages, text: Wages}
  - {id: option.talk_to_person, text: Talk to a person}
  - id: reply.more
    text: "{count} page more"
    plural: "{count} pages more"
""",
    "topics/fees.yaml": """\
id: fees
intents: [ask_recruitment_fees]
stage: recruitment
title: {id: option.ask_recruitment_fees, text: Fees}
asks: [origin, destination]
blocks:
  - id: cap
    kinds: [fee_cap]
    of: origin
    corridor: true
    message: {id: topic.fees.cap, text: "For {destination} an agency may charge {amount}."}
    ask: recruitment
  - id: passport
    kinds: [passport_law]
    of: destination
  - id: police
    of: destination
    hotlines: [police]
  - id: receipt
    message: {id: topic.fees.receipt, text: Ask for a receipt.}
options: [ask_wages, talk_to_person]
""",
    "agency_words.yaml": """\
forms: [ltd pvt limited]
trade: [manpower overseas agency agencies recruitment international ओभरसिज travels]
generic: [golden star new life]
sentence: [is it good they want ok ठीक छ my a they asked for]
licence: [licence rl no]
""",
    "places.yaml": """\
places:
  - {country: QA, city: Doha, names: [doha, दोहा]}
""",
    "money.yaml": """\
currencies:
  - {currency: NPR, words: [nrs], countries: [NP]}
multipliers:
  - {value: 100000, words: [lakh]}
""",
    "keywords.yaml": """\
keywords:
  - variant: en
    stop: [{text: STOP, carrier: true}, stop all]
    start: [{text: START, carrier: true}, {text: "YES", carrier: true, only_when_stopped: true}]
    help: [{text: HELP, carrier: true}]
  - variant: ne
    stop:
      - म्यासेज बन्द
    start: [फेरि सुरु]
    help: [जानकारी]
  - variant: ar-Latn
    stop: [mat3batsh rasayel]
    start: []
    help: []
""",
    "red_flags.yaml": RED_FLAGS,
    "danger/en.yaml": """\
variant: en
phrases:
  - {text: kidnap, kind: emergency, match: stem}
  - {text: beats me, kind: abuse}
near_misses:
  - nobody beats that price
""",
}


def write_tree(folder: Path, changes: dict[str, str | bytes] | None = None) -> Path:
    """Write the files, `changes` instead of or beside them, and return the content folder."""
    content = folder / "content"
    for name, text in {**FILES, **(changes or {})}.items():
        path = content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return content


def changed(name: str, old: str, new: str) -> dict[str, str | bytes]:
    """Return file `name` with `old` replaced; `old` must be in it exactly once."""
    text = FILES[name]
    if text.count(old) != 1:
        raise AssertionError(f"{old!r} is {text.count(old)} times in {name}, not once")
    return {name: text.replace(old, new)}
