"""Notices by e-mail, over the mail server that an operator named."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from safar.cases.notices.errors import NotSentError, NotSetUpError, RefusedError, WayDownError
from safar.cases.notices.notice import Notice
from safar.cases.notices.settings import NoticeSettings

_FOR_GOOD = 500


class EmailWay:
    """Sends each notice as a letter of its own, so that no address sees another one."""

    name = "email"

    def __init__(self, settings: NoticeSettings, clock: Callable[[], datetime]) -> None:
        """Take the settings; the server is called when there is something to send."""
        self._settings = settings
        self._clock = clock

    def send(self, notice: Notice, address: str) -> None:
        """Hand a notice to the mail server.

        Raises:
            WayDownError: The server is away, or does not let us in.
            RefusedError: It will not take this one.
            NotSentError: It did not take it for now, or its answer was lost.
        """
        if not self._settings.smtp_host:
            raise NotSetUpError
        letter = self._letter(notice, address)
        with _told_apart(), self._server() as server:
            server.send_message(letter)

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        """Connect and sign in.

        Raises:
            WayDownError: That is not possible.
        """
        try:
            trusted = self._trusted()
            server = self._connect(trusted)
        except ssl.SSLError as error:
            raise WayDownError("tls") from error
        except smtplib.SMTPConnectError as error:
            raise WayDownError(f"connect_{error.smtp_code}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise WayDownError("unreached") from error
        with _closing(server):
            self._enter(server, trusted)
            yield server

    def _trusted(self) -> ssl.SSLContext | None:
        if self._settings.smtp_security == "none":
            return None
        ca_file = self._settings.smtp_ca_file
        return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))

    def _connect(self, trusted: ssl.SSLContext | None) -> smtplib.SMTP:
        settings = self._settings
        host, port, seconds = settings.smtp_host, settings.smtp_port, settings.timeout_seconds
        # Else the machine's own name would be looked up, which may take a minute.
        own_name = settings.smtp_from.rpartition("@")[2]
        if settings.smtp_security == "tls":
            return smtplib.SMTP_SSL(host, port, own_name, timeout=seconds, context=trusted)
        return smtplib.SMTP(host, port, own_name, timeout=seconds)

    def _enter(self, server: smtplib.SMTP, trusted: ssl.SSLContext | None) -> None:
        settings = self._settings
        try:
            if settings.smtp_security == "starttls":
                server.starttls(context=trusted)
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        except smtplib.SMTPAuthenticationError as error:
            raise WayDownError(f"auth_{error.smtp_code}") from error
        except (ssl.SSLError, smtplib.SMTPNotSupportedError) as error:
            raise WayDownError("tls") from error
        except (smtplib.SMTPException, OSError) as error:
            raise WayDownError("unreached") from error

    def _letter(self, notice: Notice, address: str) -> EmailMessage:
        settings = self._settings
        letter = EmailMessage()
        letter["From"] = settings.smtp_from
        letter["To"] = address
        letter["Subject"] = notice.subject()
        letter["Date"] = format_datetime(self._clock())
        # The same at each try: a mailbox that got it twice may keep one.
        letter["Message-ID"] = f"<{notice.key}@{settings.smtp_from.rpartition('@')[2]}>"
        # Nobody's holiday shall answer, and be answered.
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(notice.letter())
        return letter


@contextmanager
def _closing(server: smtplib.SMTP) -> Iterator[None]:
    """Say goodbye in the end, and hear no answer: what was sent is sent."""
    try:
        yield
    finally:
        try:
            server.quit()
        except (smtplib.SMTPException, OSError):
            server.close()


@contextmanager
def _told_apart() -> Iterator[None]:
    """Turn what a mail server says to a letter into what follows from it."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise _refused("recipient", code) from error
    except smtplib.SMTPSenderRefused as error:
        # It is our own address that it does not want: so with every letter.
        raise WayDownError(f"sender_{error.smtp_code}") from error
    except smtplib.SMTPResponseException as error:
        raise _refused("letter", error.smtp_code) from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotSentError("lost") from error


def _refused(what: str, code: int) -> NotSentError:
    return (RefusedError if code >= _FOR_GOOD else NotSentError)(f"{what}_{code}")
