"""Registers with names that can be mistaken for each other, in two countries."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from content_tree import write_tree

from safar.registry.build import build_registry
from safar.registry.query import Registry

NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
HEAD = """\
country: {country}
authority: Office of {country}
sample: false
source: made-up
as_of: 2026-11-01
review_by: 2027-06-30
confidence: medium
agencies:
"""
NEPAL = """\
  - {licence_number: 0101/081, name: Sagarmatha Star Manpower Pvt. Ltd., status: valid}
  - {licence_number: 0102/081, name: Sagarmatha Starlight Overseas, status: cancelled}
  - {licence_number: 0103/081, name: Golden Overseas, status: valid}
  - {licence_number: 0104/081, name: Golden Gate International, status: valid}
  - {licence_number: 0105/081, name: New Life, status: valid}
  - licence_number: 0106/081
    name: Kanchanjanga Travels
    status: valid
    aliases: [Old Sunrise Agency]
  - {licence_number: 0107/081, name: Lumbini Overseas, status: valid}
  - {licence_number: 0108/081, name: Lumbini Overseas, status: suspended}
  - {licence_number: 0109/081, name: Overseas Recruitment Agency, status: valid}
  - {licence_number: 0110/081, name: Vikram Overseas, status: valid}
  - {licence_number: 0111/081, name: A.B.C. International, status: valid}
  - {licence_number: 0112/081, name: रत्नपार्क म्यानपावर, status: valid}
  - {licence_number: 0113/081, name: Đại Phát International, status: valid}
"""
KENYA = """\
  - {licence_number: "1", name: Baraka Overseas, status: valid}
  - {licence_number: "2", name: Tumaini Baraka Overseas, status: cancelled}
"""
BANGLADESH = """\
  - {licence_number: RL-0101, name: Vikram International, status: valid}
  - {licence_number: RL-0102, name: Padma Brothers Overseas, status: valid}
"""


@pytest.fixture(scope="session")
def agencies(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """A registry with a register of Nepal and one of Bangladesh."""
    folder = tmp_path_factory.mktemp("agencies")
    changes: dict[str, str | bytes] = {
        "agencies/NP.yaml": HEAD.format(country="NP") + NEPAL,
        "agencies/KE.yaml": HEAD.format(country="KE") + KENYA,
        "agencies/BD.yaml": HEAD.format(country="BD") + BANGLADESH,
    }
    built = build_registry(write_tree(folder, changes), folder / "registry.db", NOW)
    return Registry.open(built.path)
