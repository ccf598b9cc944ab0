"""Tables of the world for the small content folder: rows for what its YAML files say nothing of."""

from __future__ import annotations

DATES = """\
missions: {source: qa-law, as_of: 2022-11-16, review_by: 2027-06-30, confidence: medium}
emergency: {source: qa-law, as_of: 2024-11-21, review_by: 2027-06-30, confidence: medium}
ratifications: {source: qa-law, as_of: 2022-08-25, review_by: 2027-06-30, confidence: medium}
"""
MISSIONS = """\
origin,destination,city,kind,lat,lon,website,covers,source,as_of
NP,DE,Berlin,embassy,52.52,13.4,de.nepalembassy.example,CZ PL,,
NP,DE,Hamburg,honorary_consulate,53.55,10,,,,
NP,DE,Munich,consulate,48.14,11.58,munich.nepal.example,,made-up,2026-02
NP,FI,Helsinki,honorary_consulate,60.17,24.94,,,,
NP,QA,Doha,embassy,25.29,51.53,old.example,BH,,
NP,SE,Stockholm,embassy,59.33,18.06,,FI,,
"""
EMERGENCY = """\
country,police,ambulance,fire,source,as_of
DE,110,112,112,,
FI,112,112,112,,
QA,111,111,111,,
"""
RATIFICATIONS = """\
instrument,country,year,source,as_of
c181,DE,,,
c189,DE,2013,,
c189,QA,2020,,
"""
CITIES = """\
country,city,lat,lon,names
DE,Dresden,51.05,13.74,dresden|drezden
DE,Nice,50,10,
QA,Al Khor,25.68,51.5,
QA,Dukhan,25.43,50.78,
"""
WORDS = """\
messages:
  - {id: mission.embassy, text: "Embassy of {origin}"}
  - {id: mission.consulate, text: "Consulate of {origin}"}
  - {id: mission.honorary_consulate, text: "Honorary Consulate of {origin}"}
  - {id: hotline.emergency, text: Emergency}
  - {id: hotline.ambulance, text: Ambulance}
  - {id: hotline.fire, text: Fire brigade}
"""
RATIFIED = """\
id: maids
intents: [ask_domestic_work]
stage: work
title: {id: option.ask_domestic_work, text: Domestic work}
asks: [destination]
blocks:
  - id: law
    kinds: [ratified_c189]
    of: destination
    message: {id: topic.c189, text: "{destination} has ratified C189 ({year})."}
  - id: agencies
    kinds: [ratified_c181]
    of: destination
    message: {id: topic.c181, text: "{destination} has ratified C181 ({year})."}
    undated: {id: topic.c181_undated, text: "{destination} has ratified C181."}
options: [ask_wages, talk_to_person]
"""
WORLD: dict[str, str | bytes] = {
    "world/dates.yaml": DATES,
    "world/missions.csv": MISSIONS,
    "world/emergency.csv": EMERGENCY,
    "world/ratifications.csv": RATIFICATIONS,
    "world/cities.csv": CITIES,
    "messages/contacts.yaml": WORDS,
    "topics/maids.yaml": RATIFIED,
}
