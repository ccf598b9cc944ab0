"""A mail server that keeps what it is handed, with TLS and sign-in, and answers as a test says."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.peers.ports import free_port

USER, PASSWORD = "safar", "a password of the mail server"


@dataclass
class Letter:
    """What was handed in: the envelope's address, and the letter."""

    to: str
    message: EmailMessage

    @property
    def text(self) -> str:
        return str(self.message.get_content())


@dataclass
class Mailbox:
    """Keeps letters; as a handler of aiosmtpd it may refuse them.

    Attributes:
        letters: What was taken, oldest first.
        refuses: What is said to the next letters instead of taking them; "" takes one.
        refuses_addresses: What is said to an address.
        seconds: How long it takes before it answers.
        dies_after: It takes the letter and never says so.
    """

    letters: list[Letter] = field(default_factory=list)
    refuses: list[str] = field(default_factory=list)
    refuses_addresses: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    dies_after: bool = False
    signed_in: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    tries: int = 0

    async def handle_RCPT(  # noqa: N802, PLR0913, PLR0917 - as aiosmtpd calls it
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        self.tries += 1
        if address in self.refuses_addresses:
            return self.refuses_addresses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        said = self.refuses.pop(0) if self.refuses else ""
        time.sleep(self.seconds)
        if said:
            return said
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.letters.append(Letter(envelope.rcpt_tos[0], message))
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        if self.dies_after:
            server.transport.abort()
        return "250 OK"

    def authenticate(
        self, server: SMTP, session: Any, envelope: Any, how: str, data: Any
    ) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
        if good:
            self.signed_in.append(data.login.decode())
        return AuthResult(success=good, handled=False)


@contextmanager
def mail_server(
    mailbox: Mailbox,
    certificate: Path | None = None,
    *,
    implicit: bool = False,
    sign_in: bool = False,
) -> Iterator[int]:
    """Serve a mailbox on this machine; give its port.

    Args:
        mailbox: Keeps the letters.
        certificate: Key and certificate in one file, for TLS.
        implicit: TLS from the first byte; else after STARTTLS.
        sign_in: Take letters only of who has signed in.
    """
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    port = free_port()
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=port,
        ssl_context=context if implicit else None,
        tls_context=None if implicit else context,
        require_starttls=context is not None and not implicit,
        auth_required=sign_in,
        auth_require_tls=False,
        authenticator=mailbox.authenticate,
    )
    controller.start()
    try:
        yield port
    finally:
        controller.stop(no_assert=True)


@contextmanager
def silent_server() -> Iterator[int]:
    """Take calls and say nothing; give the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()
        calls: list[socket.socket] = []

        def take() -> None:
            server.settimeout(0.05)
            while not stop.is_set():
                try:
                    calls.append(server.accept()[0])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield int(server.getsockname()[1])
        stop.set()
        thread.join()
        for call in calls:
            call.close()


def make_certificate(folder: Path) -> Path:
    """Make key and certificate of 127.0.0.1 in one file; it is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now = datetime.now(timezone.utc)
    place = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([place]), False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "mail.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path
