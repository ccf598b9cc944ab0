"""A line between two programs that can be cut: a relay for TCP on this machine."""

from __future__ import annotations

import contextlib
import socket
import threading

_CHUNK = 65_536


class Wire:
    """Passes connections on to a port, until it is cut; then they end and new ones are refused."""

    def __init__(self, to_port: int) -> None:
        """Open a port of its own; `port` is the one to call."""
        self._to = to_port
        self._lock = threading.Lock()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listener: socket.socket | None = None
        self.port = 0
        self.mend()

    @property
    def url(self) -> str:
        """The address to call."""
        return f"http://127.0.0.1:{self.port}"

    def mend(self) -> None:
        """Let connections through, again on the same port."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = int(listener.getsockname()[1])
        self._listener = listener
        threading.Thread(target=self._listen, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """End all connections and refuse new ones."""
        listener, self._listener = self._listener, None
        if listener is not None:
            # Closing alone would leave the thread waiting in `accept`, and the port open.
            _end(listener)
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                _end(end)

    def _listen(self, listener: socket.socket) -> None:
        while True:
            try:
                ours, _ = listener.accept()
            except OSError:
                return
            try:
                theirs = socket.create_connection(("127.0.0.1", self._to), timeout=5)
                theirs.settimeout(None)
            except OSError:
                _end(ours)
                continue
            with self._lock:
                if self._listener is not listener:
                    _end(ours)
                    _end(theirs)
                    return
                self._pairs.append((ours, theirs))
            for one, other in ((ours, theirs), (theirs, ours)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(_CHUNK):
                other.sendall(data)
        _end(one)
        _end(other)
        with self._lock:
            self._pairs = [pair for pair in self._pairs if one not in pair]


def _end(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
