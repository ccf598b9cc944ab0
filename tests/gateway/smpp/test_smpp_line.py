"""The connection itself: bind, signs of life, coming back, going away, encryption."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from safar.gateway.providers.smpp.provider import SmppProvider
from tests.clock import NOW
from tests.gateway.smpp.smpp_office import Office, settings_for, until
from tests.peers.smsc import Smsc, smsc


def _device(office) -> dict[str, object]:
    rows = office.rows("devices")
    return rows[0] if rows else {"state": None, "error_code": None}


def test_it_binds_and_says_so(office, carrier) -> None:
    office.open()
    assert _device(office)["device"] == f"safar@127.0.0.1:{carrier.port}"
    until(lambda: _device(office)["state"] == "ok")
    office.close()
    assert (_device(office)["state"], carrier.heard("unbind")) == ("gone (stopped)", [0])


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"password": "wrong"}, "smpp_000e"), ({"system_id": "nobody"}, "smpp_000f")],
    ids=["password", "system-id"],
)
def test_a_refused_bind_pauses_the_channel(office, carrier, changes, code) -> None:
    office.open(wait=False, **changes)
    until(lambda: _device(office)["error_code"] == code)
    (row,) = office.queue("hello")
    until(lambda: office.error_code(row) == code)
    assert office.state(row) == "ready"
    assert office.post.outbox_row(row)["attempts"] == 0, "such a try is not counted"
    assert office.dispatcher.health()["smpp", "sms"].state == "open"


def test_somebody_else_holds_our_place_for_a_while(office, carrier, clock) -> None:
    carrier.refuse_bind(0x05)
    office.open(wait=False)
    until(lambda: _device(office)["error_code"] == "smpp_0005")
    carrier.refuse_bind(None)
    office.bound()
    until(lambda: _device(office)["state"] == "ok")


def test_without_a_connection_a_text_waits(office, carrier) -> None:
    carrier.away()
    office.open(run=False, wait=False)
    (row,) = office.queue("hello")
    office.send_once()
    assert (office.state(row), office.error_code(row)) == ("ready", "no_connection")
    until(lambda: _device(office)["error_code"] == "no_connection")


def test_it_comes_back_by_itself_and_sends_what_waited(office, carrier, clock) -> None:
    office.open()
    carrier.away()
    until(lambda: _device(office)["state"] != "ok")
    (row,) = office.queue("hello")
    until(lambda: office.error_code(row) == "no_connection")
    carrier.listen()
    office.bound()
    clock.pass_(60)
    office.becomes(row, "accepted")
    assert carrier.texts() == ["hello"]
    carrier.deliver("and in")
    office.got(1)


@pytest.mark.parametrize("how", ["cut", "unbind"])
def test_the_other_side_ends_it(office, carrier, how) -> None:
    office.open()
    getattr(carrier, how)()
    until(lambda: carrier.binds() == 2)
    assert office.queue("hello")
    until(carrier.accepted)


def test_an_idle_connection_gives_signs_of_life(office, carrier) -> None:
    office.open()
    until(lambda: len(carrier.heard("enquire_link")) >= 3)
    assert carrier.binds() == 1


def test_a_silent_connection_is_left_for_another(office, carrier) -> None:
    office.open()
    carrier.mute()
    until(lambda: carrier.binds() >= 2)
    carrier.mute(False)
    office.bound()


def test_questions_of_the_other_side_are_answered(office, carrier) -> None:
    office.open()
    carrier.raw(bytes.fromhex("00000010000000150000000000000777"))
    until(lambda: 0 in carrier.heard("enquire_link_resp"))


def test_told_to_stop_it_waits_for_what_is_being_sent(office, carrier) -> None:
    office.open(response_seconds=5)
    carrier.faults({"kind": "late", "ms": 500})
    (row,) = office.queue("hello")
    until(carrier.accepted)
    office.close()
    assert office.state(row) == "accepted"


def test_the_place_of_a_text_on_its_way_is_not_given_twice(office, carrier) -> None:
    office.open(run=False)
    (row,) = office.queue("hello")
    message = office.message("hello", row)
    carrier.faults({"kind": "late", "ms": 500})
    sending = threading.Thread(target=office.provider.send, args=(message,))
    sending.start()
    until(carrier.accepted)
    for call in (lambda: office.provider.send(message), lambda: office.provider.find(message, NOW)):
        with pytest.raises(Exception, match="still_sending"):
            call()
    sending.join()
    assert carrier.texts() == ["hello"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "smsc")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=3650))
        .not_valid_after(NOW + timedelta(days=36500))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    place = tmp_path_factory.mktemp("certificate")
    files = place / "key.pem", place / "certificate.pem"
    files[0].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    files[1].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return files


@pytest.fixture
def secured(office: Office, certificate: tuple[Path, Path]) -> Iterator[Smsc]:
    with smsc(*certificate) as made:
        office.smsc = made
        yield made
        office.close()


def test_an_encrypted_connection(office, secured, certificate) -> None:
    office.open(tls=True, tls_ca=str(certificate[1]))
    rows = [office.queue("नमस्ते " * 40, sender=f"+97798511111{n}")[0] for n in range(10, 16)]
    secured.deliver(*[f"text {n}" for n in range(20)])
    for row in rows:
        office.becomes(row, "accepted")
    assert sorted(message.body for message in office.got(20)) == sorted(
        f"text {n}" for n in range(20)
    )


def test_a_stranger_s_certificate_is_refused(office, secured) -> None:
    office.open(tls=True, wait=False)
    until(lambda: _device(office)["error_code"] == "certificate_refused")
    assert secured.binds() == 0


def test_a_port_where_nobody_speaks_smpp(office, carrier) -> None:
    provider = SmppProvider(office.surroundings, settings_for(carrier, tls=True))
    provider.listen(threading.Event())
    assert _device(office)["error_code"] == "no_connection"
