"""A house whose store is PostgreSQL: set up from an empty database, asked, answered, looked at."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.e2e.services import ROOT, running
from tests.peers.postgresql import PostgresqlServer
from tests.peers.twilio_webhooks import new_sid, sms_form


def test_a_message_is_answered_from_an_empty_database(
    tmp_path: Path, registry_path: Path, model_path: Path, postgresql: PostgresqlServer
) -> None:
    url = postgresql.new_database(empty=True)
    # As hosts of databases write it, without the driver's name.
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    with running(tmp_path, registry_path, model_path, SAFAR_DATABASE_URL=plain) as house:
        assert house.post(sms_form("HELP", MessageSid=new_sid())).status_code == 200
        (answer,) = house.wait_sent(1, within=60)
        assert "STOP" in answer["body"]
        doctor = subprocess.run(
            [sys.executable, "-m", "safar", "doctor"],
            cwd=ROOT,
            env=house.environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert "PostgreSQL" in doctor.stdout, doctor.stderr
    assert "Traceback" not in doctor.stderr
    assert not (tmp_path / "safar.db").exists()
