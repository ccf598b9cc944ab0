"""One TCP or TLS connection as whole PDUs: read by one thread, written by several."""

from __future__ import annotations

import select
import socket
import ssl
import threading
import time

from safar.gateway.providers.smpp.errors import LineError, MalformedError
from safar.gateway.providers.smpp.pdus import HEADER, Frame, frame_of
from safar.gateway.providers.smpp.settings import SmppSettings

LONGEST_PDU = 70_000
"""A message_payload of 64 KiB and what stands around it; nobody sends so much."""

_READ = 65_536
_BUSY = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Connection:
    """An open connection."""

    def __init__(self, socket_: socket.socket, write_seconds: float) -> None:
        """Take over an open socket."""
        socket_.setblocking(False)
        self._socket, self._write_seconds = socket_, write_seconds
        self._buffer = b""
        self._writing = threading.Lock()
        # OpenSSL may not read and write one connection in two threads at the same moment.
        self._calling = threading.Lock()

    @classmethod
    def open(cls, settings: SmppSettings) -> Connection:
        """Connect.

        Raises:
            LineError: Nobody is there, or not the one we were told of.
        """
        context: ssl.SSLContext | None = None
        try:
            if settings.tls:
                context = ssl.create_default_context(cafile=settings.tls_ca or None)
        except OSError:
            raise LineError("no_certificate_file") from None
        address = (settings.host, settings.port)
        try:
            plain = socket.create_connection(address, settings.connect_seconds)
        except OSError:
            raise LineError("no_connection") from None
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if context is not None:
                plain = context.wrap_socket(plain, server_hostname=settings.host)
        except ssl.SSLCertVerificationError:
            plain.close()
            raise LineError("certificate_refused") from None
        except OSError:
            plain.close()
            raise LineError("no_connection") from None
        return cls(plain, settings.response_seconds)

    def read(self, seconds: float) -> list[Frame]:
        """Return the PDUs that come within this time, perhaps none.

        Raises:
            LineError: The other side is gone.
            MalformedError: What comes is no PDU, so no end of it can be told.
        """
        self._wait_for_octets(seconds)
        try:
            with self._calling:
                octets = self._socket.recv(_READ)
        except _BUSY:
            return self._whole()
        except OSError:
            raise LineError("connection_lost") from None
        if not octets:
            raise LineError("connection_closed")
        self._buffer += octets
        return self._whole()

    def write(self, octets: bytes) -> None:
        """Hand a PDU to the other side.

        Raises:
            LineError: Not all of it left, so nobody can have understood it.
        """
        end = time.monotonic() + self._write_seconds
        with self._writing:
            left = memoryview(octets)
            while left:
                try:
                    with self._calling:
                        left = left[self._socket.send(left) :]
                except _BUSY:
                    self._wait_for_room(end)
                except OSError:
                    raise LineError("connection_lost") from None

    def end(self) -> None:
        """Let the thread that reads learn that it is over; any thread may say so."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # It is over already.

    def close(self) -> None:
        """Close it; only the thread that reads does."""
        with self._writing, self._calling:
            self._socket.close()

    def _wait_for_octets(self, seconds: float) -> None:
        pending = isinstance(self._socket, ssl.SSLSocket) and self._socket.pending()
        if not pending:
            self._poll(select.POLLIN, seconds)

    def _wait_for_room(self, end: float) -> None:
        left = end - time.monotonic()
        if left <= 0:
            # Half a PDU has left; nothing that follows could be read.
            self.end()
            raise LineError("other_side_does_not_read")
        self._poll(select.POLLOUT, min(left, 0.1))

    def _poll(self, what: int, seconds: float) -> None:
        poll = select.poll()
        try:
            poll.register(self._socket, what)
            poll.poll(seconds * 1000)
        except (OSError, ValueError):
            raise LineError("connection_lost") from None

    def _whole(self) -> list[Frame]:
        found: list[Frame] = []
        while len(self._buffer) >= HEADER:
            length = int.from_bytes(self._buffer[:4], "big")
            if not HEADER <= length <= LONGEST_PDU:
                if found:
                    break  # First what was said before.
                raise MalformedError("command_length")
            if len(self._buffer) < length:
                break
            found.append(frame_of(self._buffer[:length]))
            self._buffer = self._buffer[length:]
        return found
